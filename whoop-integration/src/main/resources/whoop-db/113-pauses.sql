--liquibase formatted sql

--changeset sync:whoop_member_sync_throttled
alter table whoop_member_sync add column throttled boolean not null default false;
comment on column whoop_member_sync.throttled is 'Whether it was for want of a permit that the member paused last, whatever had failed before: then unblocking the quota ends the pause.';
--rollback alter table whoop_member_sync drop column throttled;
