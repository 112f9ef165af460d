--liquibase formatted sql

--changeset sync:whoop_change
create table whoop_change (
    id bigint generated always as identity primary key,
    user_id varchar(100) not null,
    collection text not null,
    record_id uuid not null,
    happened text not null,
    first_told_at timestamptz not null,
    told_at timestamptz not null,
    due_at timestamptz not null,
    rung integer not null default 0,
    done_at timestamptz,
    outcome text,
    owed boolean not null default false,
    constraint whoop_change_happened check (happened in ('updated', 'deleted')),
    constraint whoop_change_collection check (collection in ('cycle', 'sleep', 'recovery', 'workout'))
);
create unique index whoop_change_open on whoop_change (user_id, collection, record_id, happened) where done_at is null;
create index whoop_change_due on whoop_change (due_at) where done_at is null;
create index whoop_change_record on whoop_change (user_id, record_id);
create index whoop_change_done_at on whoop_change (done_at);
comment on table whoop_change is 'What WHOOP told us changed, and how it ended. Ids only. Open until done_at: due_at says when it is looked at, rung how often it was not there yet. Recoveries go by the id of their sleep.';
comment on column whoop_change.owed is 'Read because its other half was told; its own event is still to come.';
--rollback drop table whoop_change;

--changeset sync:whoop_member_sync
create table whoop_member_sync (
    user_id varchar(100) primary key,
    whoop_user_id bigint,
    connected_at timestamptz not null,
    stopped_at timestamptz,
    last_event_at timestamptz,
    cycles_listed_at timestamptz,
    sleeps_listed_at timestamptz,
    recoveries_listed_at timestamptz,
    workouts_listed_at timestamptz,
    walk_collection text,
    walk_start timestamptz,
    walk_end timestamptz,
    walk_unread_end timestamptz,
    walk_token text,
    walk_pages integer,
    walk_begun_at timestamptz,
    walk_lane text,
    backfill_collection text,
    backfill_start timestamptz,
    backfill_end timestamptz,
    backfill_unread_end timestamptz,
    backfill_token text,
    backfill_pages integer,
    backfill_begun_at timestamptz,
    covered_from timestamptz,
    relist_before timestamptz,
    pause_lane text,
    paused_until timestamptz,
    failures integer not null default 0,
    recorded_at timestamptz not null
);
comment on table whoop_member_sync is 'What is known of reading a member: until when each collection was read without a gap, and how far a listing of several pages is (walk_*, backfill_*).';
comment on column whoop_member_sync.stopped_at is 'Since then no calls can be made for the member: consent or connection is gone.';
comment on column whoop_member_sync.pause_lane is 'Nothing is tried in this lane and those below until paused_until.';
comment on column whoop_member_sync.relist_before is 'Collections not listed since then are to be listed: the silence alarm sets it.';
--rollback drop table whoop_member_sync;

--changeset sync:whoop_sync_backfill
alter table whoop_sync add column fresh_since timestamptz;
alter table whoop_sync add column percent integer not null default 0;
drop index whoop_sync_open;
alter table whoop_sync drop constraint whoop_sync_kind;
alter table whoop_sync add constraint whoop_sync_kind check (kind in ('first-sync', 'sync', 'backfill'));
create unique index whoop_sync_open on whoop_sync (user_id, (kind = 'backfill')) where state in ('queued', 'running');
create index whoop_sync_backfills on whoop_sync (requested_at) where kind = 'backfill' and state in ('queued', 'running');
--rollback delete from whoop_sync where kind = 'backfill';
--rollback drop index whoop_sync_backfills;
--rollback drop index whoop_sync_open;
--rollback alter table whoop_sync drop constraint whoop_sync_kind;
--rollback alter table whoop_sync add constraint whoop_sync_kind check (kind in ('first-sync', 'sync'));
--rollback create unique index whoop_sync_open on whoop_sync (user_id) where state in ('queued', 'running');
--rollback alter table whoop_sync drop column percent;
--rollback alter table whoop_sync drop column fresh_since;

--changeset sync:whoop_freshness_gone
drop table whoop_freshness;
--rollback create table whoop_freshness (user_id varchar(100) primary key, covered_from timestamptz not null, last_synced_at timestamptz not null, recorded_at timestamptz not null);
