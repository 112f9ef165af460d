#!/bin/bash
# Migrates both databases, for hosts that run one program before a release (deploy/render.yaml); as the role that owns the tables.
set -euo pipefail
java -jar /app/app.jar sahha-db migrate /app/config.yml
java -jar /app/app.jar whoop-db migrate /app/config.yml
