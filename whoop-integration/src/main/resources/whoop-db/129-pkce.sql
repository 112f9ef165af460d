--liquibase formatted sql

--changeset connect:whoop_code_verifier
alter table whoop_authorization add column code_verifier_sealed bytea;
alter table whoop_press add column code_verifier_sealed bytea;
comment on column whoop_authorization.code_verifier_sealed is 'PKCE verifier of the state for the service that began; null without PKCE (whoop.connect.pkce).';
comment on column whoop_press.code_verifier_sealed is 'PKCE verifier of the press''s state; null without PKCE (whoop.connect.pkce).';
--rollback alter table whoop_press drop column code_verifier_sealed;
--rollback alter table whoop_authorization drop column code_verifier_sealed;
