--liquibase formatted sql

--changeset data:whoop_coverage
create table whoop_coverage (
    user_id varchar(100) not null,
    collection text not null,
    read_windows tstzmultirange not null,
    near_records tstzmultirange not null,
    recorded_at timestamptz not null,
    primary key (user_id, collection)
);
comment on table whoop_coverage is 'The completeness ledger. Both columns only grow, so the order of writing does not matter.';
comment on column whoop_coverage.read_windows is 'Moments of which a list was read that holds every record starting then. A recovery starts with its sleep.';
comment on column whoop_coverage.near_records is 'Half a week to either side of every record found: what is read and not in here is known to be empty.';
--rollback drop table whoop_coverage;

--changeset data:whoop_absence
create table whoop_absence (
    user_id varchar(100) not null,
    collection text not null,
    id text not null,
    cycle_id bigint,
    missed_at timestamptz not null,
    missed_before timestamptz,
    recorded_at timestamptz not null,
    primary key (user_id, collection, id),
    constraint whoop_absence_in_order check (missed_before < missed_at)
);
create index whoop_absence_recorded_at on whoop_absence (recorded_at);
comment on table whoop_absence is 'Records that a list should have shown and did not. Says nothing about a record seen by a fetch begun later.';
comment on column whoop_absence.missed_at is 'When the last list began that lacked it.';
comment on column whoop_absence.missed_before is 'When the last list but one began that lacked it.';
--rollback drop table whoop_absence;

--changeset data:whoop_sleep_start_at
create index whoop_sleep_start_at on whoop_sleep (user_id, start_at);
--rollback drop index whoop_sleep_start_at;

--changeset data:pending
create index whoop_cycle_pending on whoop_cycle (user_id) where score_state = 'PENDING_SCORE';
create index whoop_recovery_pending on whoop_recovery (user_id) where score_state = 'PENDING_SCORE';
create index whoop_sleep_pending on whoop_sleep (user_id) where score_state = 'PENDING_SCORE';
create index whoop_workout_pending on whoop_workout (user_id) where score_state = 'PENDING_SCORE';
--rollback drop index whoop_cycle_pending;
--rollback drop index whoop_recovery_pending;
--rollback drop index whoop_sleep_pending;
--rollback drop index whoop_workout_pending;

--changeset data:room_for_updates
alter table whoop_cycle set (fillfactor = 80);
alter table whoop_recovery set (fillfactor = 80);
alter table whoop_sleep set (fillfactor = 80);
alter table whoop_workout set (fillfactor = 80);
--rollback alter table whoop_cycle reset (fillfactor);
--rollback alter table whoop_recovery reset (fillfactor);
--rollback alter table whoop_sleep reset (fillfactor);
--rollback alter table whoop_workout reset (fillfactor);
