--liquibase formatted sql

--changeset connect:whoop_connection_arrival
alter table whoop_connection add column arrival_failures integer not null default 0;
alter table whoop_connection add column arrival_failure varchar(30);
alter table whoop_connection add column asked_at timestamptz;
comment on column whoop_connection.arrival_failures is 'How often in a row it could not be found out whose account the tokens are of, for the reason in arrival_failure; waiting for a permit does not count.';
comment on column whoop_connection.asked_at is 'Since when another account than before waits for the member''s word: it does not do so for ever.';
--rollback alter table whoop_connection drop column asked_at;
--rollback alter table whoop_connection drop column arrival_failure;
--rollback alter table whoop_connection drop column arrival_failures;
