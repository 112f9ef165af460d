--liquibase formatted sql

--changeset sync:whoop_member_sync_tokens
alter table whoop_member_sync add column walk_tokens bytea;
alter table whoop_member_sync add column backfill_tokens bytea;
comment on column whoop_member_sync.walk_tokens is 'Which page tokens the walk has seen: 8 bytes of the SHA-256 of each. One that comes again leads in a circle.';
--rollback alter table whoop_member_sync drop column backfill_tokens;
--rollback alter table whoop_member_sync drop column walk_tokens;

--changeset sync:whoop_member_sync_failure
alter table whoop_member_sync add column failure text;
alter table whoop_member_sync add column failure_collection text;
create index whoop_member_sync_failures on whoop_member_sync (failures) where failures > 0;
comment on column whoop_member_sync.failure is 'How the last step failed; failures counts how often in a row it did so, of the same collection.';
--rollback drop index whoop_member_sync_failures;
--rollback alter table whoop_member_sync drop column failure_collection;
--rollback alter table whoop_member_sync drop column failure;

--changeset sync:whoop_sync_error
alter table whoop_sync add column error text;
comment on column whoop_sync.error is 'Why the run failed; collection says at what.';
--rollback alter table whoop_sync drop column error;
