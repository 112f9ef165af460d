--liquibase formatted sql

--changeset sync:whoop_sync_failure
create table whoop_sync_failure (
    user_id varchar(100) not null,
    stage text not null,
    further_back boolean not null,
    error text not null,
    failures integer not null,
    retry_at timestamptz not null,
    recorded_at timestamptz not null,
    primary key (user_id, stage, further_back)
);
comment on table whoop_sync_failure is 'What of a member fails, each list for itself, until it works again. Outages are no failures of a list: they pause a lane, see whoop_member_sync.';
comment on column whoop_sync_failure.further_back is 'Whether it is the list as a backfill reads it, and not its newest pages.';
comment on column whoop_sync_failure.retry_at is 'It is not tried before; who asks for the member moves it here and now.';
comment on column whoop_member_sync.failure is 'How the last step failed; since whoop_sync_failure only outages are noted here, and failures counts those in a row.';
--rollback comment on column whoop_member_sync.failure is 'How the last step failed; failures counts how often in a row it did so, of the same collection.';
--rollback drop table whoop_sync_failure;
