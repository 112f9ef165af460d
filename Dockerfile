# The image of the service, from a clean clone:
#   docker build -t unified-health .
# Elsewhere than Docker Hub, or another release:
#   docker build --build-arg BUILD_IMAGE=… --build-arg RUNTIME_IMAGE=… -t unified-health .
# Both need a JDK or JRE of the same feature release, 25 or newer; the first Maven, both bash.
ARG BUILD_IMAGE=docker.io/library/maven:3-eclipse-temurin-25
ARG RUNTIME_IMAGE=docker.io/library/eclipse-temurin:25-jre

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
# What the modules depend on is a layer of its own: it is fetched again when a pom changes, not when code does.
COPY pom.xml ./
COPY .mvn .mvn
COPY sahha-core/pom.xml sahha-core/
COPY whoop-integration/pom.xml whoop-integration/
COPY ring-source/pom.xml ring-source/
COPY twins/pom.xml twins/
COPY app/pom.xml app/
COPY sandbox/pom.xml sandbox/
COPY coverage/pom.xml coverage/
# Arguments for Maven, such as -s settings.xml or a mirror.
ARG MAVEN_ARGUMENTS=
RUN mvn -B -ntp -q ${MAVEN_ARGUMENTS} -DskipTests -pl app -am package
COPY . .
RUN mvn -B -ntp -q ${MAVEN_ARGUMENTS} -DskipTests -pl app -am package \
 && install -D -m 0444 app/target/app.jar /image/app.jar \
 && install -m 0444 config.yml /image/config.yml \
 && install -m 0444 deploy/image/java.options /image/java.options \
 && install -m 0555 deploy/image/healthy.sh deploy/image/migrate.sh deploy/image/start-up-cache.sh /image/

FROM ${RUNTIME_IMAGE}
# Everything belongs to root, and nobody may write it.
COPY --from=build /image /app
WORKDIR /app
# By the very runtime and jar that will use it: the JVM takes no other.
RUN /app/start-up-cache.sh /app && rm /app/start-up-cache.sh
USER 10001:10001
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 CMD ["/app/healthy.sh"]
# No shell between the signal and the JVM. JAVA_TOOL_OPTIONS adds options.
ENTRYPOINT ["java", "@/app/java.options", "-jar", "/app/app.jar"]
CMD ["server", "/app/config.yml"]
