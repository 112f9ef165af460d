--liquibase formatted sql

--changeset data:whoop_profile
create table whoop_profile (
    user_id varchar(100) not null,
    whoop_user_id bigint not null,
    email_sealed bytea not null,
    first_name_sealed bytea not null,
    last_name_sealed bytea not null,
    recorded_at timestamptz not null,
    fetch_begun_at timestamptz not null,
    archive_hash bytea not null,
    last_fetch_begun_at timestamptz not null,
    deleted_at timestamptz,
    primary key (user_id)
);
comment on table whoop_profile is 'What WHOOP knows of the person. E-mail and names are sealed for the member.';
--rollback drop table whoop_profile;

--changeset data:whoop_profile_history
create table whoop_profile_history (
    user_id varchar(100) not null,
    whoop_user_id bigint not null,
    email_sealed bytea not null,
    first_name_sealed bytea not null,
    last_name_sealed bytea not null,
    recorded_at timestamptz not null,
    fetch_begun_at timestamptz not null,
    archive_hash bytea not null,
    replaced_at timestamptz not null
);
create index whoop_profile_history_key on whoop_profile_history (user_id, recorded_at);
comment on table whoop_profile_history is 'Versions that a newer one replaced: held from recorded_at to replaced_at.';
--rollback drop table whoop_profile_history;

--changeset data:whoop_body_measurement
create table whoop_body_measurement (
    user_id varchar(100) not null,
    height_meter numeric not null,
    weight_kilogram numeric not null,
    max_heart_rate integer not null,
    recorded_at timestamptz not null,
    fetch_begun_at timestamptz not null,
    archive_hash bytea not null,
    last_fetch_begun_at timestamptz not null,
    deleted_at timestamptz,
    primary key (user_id)
);
comment on table whoop_body_measurement is 'Height in m, weight in kg, maximal heart rate in bpm.';
--rollback drop table whoop_body_measurement;

--changeset data:whoop_body_measurement_history
create table whoop_body_measurement_history (
    user_id varchar(100) not null,
    height_meter numeric not null,
    weight_kilogram numeric not null,
    max_heart_rate integer not null,
    recorded_at timestamptz not null,
    fetch_begun_at timestamptz not null,
    archive_hash bytea not null,
    replaced_at timestamptz not null
);
create index whoop_body_measurement_history_key on whoop_body_measurement_history (user_id, recorded_at);
comment on table whoop_body_measurement_history is 'Versions that a newer one replaced: held from recorded_at to replaced_at.';
--rollback drop table whoop_body_measurement_history;

--changeset data:whoop_cycle
create table whoop_cycle (
    user_id varchar(100) not null,
    id bigint not null,
    whoop_user_id bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    start_at timestamptz not null,
    end_at timestamptz,
    timezone_offset text not null,
    score_state text not null,
    strain numeric,
    kilojoule numeric,
    average_heart_rate integer,
    max_heart_rate integer,
    step_count integer,
    recorded_at timestamptz not null,
    fetch_begun_at timestamptz not null,
    archive_hash bytea not null,
    last_fetch_begun_at timestamptz not null,
    deleted_at timestamptz,
    primary key (user_id, id)
);
comment on table whoop_cycle is 'From falling asleep to falling asleep; end_at is null while it runs. Strain 0 to 21, energy in kJ, heart rates in bpm.';
create index whoop_cycle_start_at on whoop_cycle (user_id, start_at);
create index whoop_cycle_end_at on whoop_cycle (user_id, (coalesce(end_at, 'infinity'::timestamptz)));
comment on column whoop_cycle.recorded_at is 'When this version was first held here.';
comment on column whoop_cycle.fetch_begun_at is 'When the latest fetch began that returned this version.';
comment on column whoop_cycle.last_fetch_begun_at is 'When the latest fetch began that returned any version: a deletion before it does not count.';
comment on column whoop_cycle.deleted_at is 'When WHOOP said that it is gone; null for what exists.';
comment on column whoop_cycle.archive_hash is 'Names the payload in whoop_archive this row was made from.';
--rollback drop table whoop_cycle;

--changeset data:whoop_cycle_history
create table whoop_cycle_history (
    user_id varchar(100) not null,
    id bigint not null,
    whoop_user_id bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    start_at timestamptz not null,
    end_at timestamptz,
    timezone_offset text not null,
    score_state text not null,
    strain numeric,
    kilojoule numeric,
    average_heart_rate integer,
    max_heart_rate integer,
    step_count integer,
    recorded_at timestamptz not null,
    fetch_begun_at timestamptz not null,
    archive_hash bytea not null,
    replaced_at timestamptz not null
);
create index whoop_cycle_history_key on whoop_cycle_history (user_id, id, recorded_at);
comment on table whoop_cycle_history is 'Versions that a newer one replaced: held from recorded_at to replaced_at.';
--rollback drop table whoop_cycle_history;

--changeset data:whoop_recovery
create table whoop_recovery (
    user_id varchar(100) not null,
    cycle_id bigint not null,
    sleep_id uuid not null,
    whoop_user_id bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    score_state text not null,
    user_calibrating boolean,
    recovery_score numeric,
    resting_heart_rate numeric,
    hrv_rmssd_milli numeric,
    spo2_percentage numeric,
    skin_temp_celsius numeric,
    recorded_at timestamptz not null,
    fetch_begun_at timestamptz not null,
    archive_hash bytea not null,
    last_fetch_begun_at timestamptz not null,
    deleted_at timestamptz,
    primary key (user_id, cycle_id)
);
comment on table whoop_recovery is 'Recovery in percent, resting heart rate in bpm, RMSSD in ms; WHOOP gives it neither an id nor a time of its own.';
create index whoop_recovery_sleep_id on whoop_recovery (user_id, sleep_id);
--rollback drop table whoop_recovery;

--changeset data:whoop_recovery_history
create table whoop_recovery_history (
    user_id varchar(100) not null,
    cycle_id bigint not null,
    sleep_id uuid not null,
    whoop_user_id bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    score_state text not null,
    user_calibrating boolean,
    recovery_score numeric,
    resting_heart_rate numeric,
    hrv_rmssd_milli numeric,
    spo2_percentage numeric,
    skin_temp_celsius numeric,
    recorded_at timestamptz not null,
    fetch_begun_at timestamptz not null,
    archive_hash bytea not null,
    replaced_at timestamptz not null
);
create index whoop_recovery_history_key on whoop_recovery_history (user_id, cycle_id, recorded_at);
comment on table whoop_recovery_history is 'Versions that a newer one replaced: held from recorded_at to replaced_at.';
--rollback drop table whoop_recovery_history;

--changeset data:whoop_sleep
create table whoop_sleep (
    user_id varchar(100) not null,
    id uuid not null,
    cycle_id bigint not null,
    v1_id bigint,
    whoop_user_id bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    start_at timestamptz not null,
    end_at timestamptz not null,
    timezone_offset text not null,
    nap boolean not null,
    score_state text not null,
    total_in_bed_time_milli bigint,
    total_awake_time_milli bigint,
    total_no_data_time_milli bigint,
    total_light_sleep_time_milli bigint,
    total_slow_wave_sleep_time_milli bigint,
    total_rem_sleep_time_milli bigint,
    sleep_cycle_count integer,
    disturbance_count integer,
    baseline_milli bigint,
    need_from_sleep_debt_milli bigint,
    need_from_recent_strain_milli bigint,
    need_from_recent_nap_milli bigint,
    respiratory_rate numeric,
    sleep_performance_percentage numeric,
    sleep_consistency_percentage numeric,
    sleep_efficiency_percentage numeric,
    recorded_at timestamptz not null,
    fetch_begun_at timestamptz not null,
    archive_hash bytea not null,
    last_fetch_begun_at timestamptz not null,
    deleted_at timestamptz,
    primary key (user_id, id)
);
comment on table whoop_sleep is 'Main sleeps and naps. Times in ms, respiratory rate per minute.';
create index whoop_sleep_cycle_id on whoop_sleep (user_id, cycle_id);
create index whoop_sleep_end_at on whoop_sleep (user_id, end_at);
--rollback drop table whoop_sleep;

--changeset data:whoop_sleep_history
create table whoop_sleep_history (
    user_id varchar(100) not null,
    id uuid not null,
    cycle_id bigint not null,
    v1_id bigint,
    whoop_user_id bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    start_at timestamptz not null,
    end_at timestamptz not null,
    timezone_offset text not null,
    nap boolean not null,
    score_state text not null,
    total_in_bed_time_milli bigint,
    total_awake_time_milli bigint,
    total_no_data_time_milli bigint,
    total_light_sleep_time_milli bigint,
    total_slow_wave_sleep_time_milli bigint,
    total_rem_sleep_time_milli bigint,
    sleep_cycle_count integer,
    disturbance_count integer,
    baseline_milli bigint,
    need_from_sleep_debt_milli bigint,
    need_from_recent_strain_milli bigint,
    need_from_recent_nap_milli bigint,
    respiratory_rate numeric,
    sleep_performance_percentage numeric,
    sleep_consistency_percentage numeric,
    sleep_efficiency_percentage numeric,
    recorded_at timestamptz not null,
    fetch_begun_at timestamptz not null,
    archive_hash bytea not null,
    replaced_at timestamptz not null
);
create index whoop_sleep_history_key on whoop_sleep_history (user_id, id, recorded_at);
comment on table whoop_sleep_history is 'Versions that a newer one replaced: held from recorded_at to replaced_at.';
--rollback drop table whoop_sleep_history;

--changeset data:whoop_workout
create table whoop_workout (
    user_id varchar(100) not null,
    id uuid not null,
    v1_id bigint,
    whoop_user_id bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    start_at timestamptz not null,
    end_at timestamptz not null,
    timezone_offset text not null,
    sport_name text not null,
    sport_id integer,
    score_state text not null,
    strain numeric,
    average_heart_rate integer,
    max_heart_rate integer,
    kilojoule numeric,
    percent_recorded numeric,
    distance_meter numeric,
    altitude_gain_meter numeric,
    altitude_change_meter numeric,
    zone_zero_milli bigint,
    zone_one_milli bigint,
    zone_two_milli bigint,
    zone_three_milli bigint,
    zone_four_milli bigint,
    zone_five_milli bigint,
    recorded_at timestamptz not null,
    fetch_begun_at timestamptz not null,
    archive_hash bytea not null,
    last_fetch_begun_at timestamptz not null,
    deleted_at timestamptz,
    primary key (user_id, id)
);
comment on table whoop_workout is 'Activities by sport, an open vocabulary. Strain 0 to 21, energy in kJ, heart rates in bpm, zones in ms.';
create index whoop_workout_start_at on whoop_workout (user_id, start_at);
--rollback drop table whoop_workout;

--changeset data:whoop_workout_history
create table whoop_workout_history (
    user_id varchar(100) not null,
    id uuid not null,
    v1_id bigint,
    whoop_user_id bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    start_at timestamptz not null,
    end_at timestamptz not null,
    timezone_offset text not null,
    sport_name text not null,
    sport_id integer,
    score_state text not null,
    strain numeric,
    average_heart_rate integer,
    max_heart_rate integer,
    kilojoule numeric,
    percent_recorded numeric,
    distance_meter numeric,
    altitude_gain_meter numeric,
    altitude_change_meter numeric,
    zone_zero_milli bigint,
    zone_one_milli bigint,
    zone_two_milli bigint,
    zone_three_milli bigint,
    zone_four_milli bigint,
    zone_five_milli bigint,
    recorded_at timestamptz not null,
    fetch_begun_at timestamptz not null,
    archive_hash bytea not null,
    replaced_at timestamptz not null
);
create index whoop_workout_history_key on whoop_workout_history (user_id, id, recorded_at);
comment on table whoop_workout_history is 'Versions that a newer one replaced: held from recorded_at to replaced_at.';
--rollback drop table whoop_workout_history;

--changeset data:whoop_tombstone
create table whoop_tombstone (
    user_id varchar(100) not null,
    collection text not null,
    id text not null,
    deleted_at timestamptz not null,
    recorded_at timestamptz not null,
    primary key (user_id, collection, id)
);
comment on table whoop_tombstone is 'The latest deletion told of a record, held or not: it yields only to a fetch begun after it. Recoveries go by the id of their sleep.';
--rollback drop table whoop_tombstone;

--changeset data:whoop_archive
create table whoop_archive (
    user_id varchar(100) not null,
    hash bytea not null,
    collection text not null,
    payload_sealed bytea not null,
    recorded_at timestamptz not null,
    primary key (user_id, hash)
);
create index whoop_archive_recorded_at on whoop_archive (recorded_at);
comment on table whoop_archive is 'The bytes WHOOP sent, one row for each version of a record, by SHA-256, sealed for the member.';
--rollback drop table whoop_archive;

--changeset sync:whoop_sync
create table whoop_sync (
    job_id uuid primary key,
    user_id varchar(100) not null,
    kind text not null,
    state text not null,
    collection text not null,
    next_token text,
    window_start timestamptz not null,
    window_end timestamptz not null,
    records integer not null,
    pages integer not null,
    failures integer not null,
    requested_at timestamptz not null,
    started_at timestamptz,
    finished_at timestamptz,
    recorded_at timestamptz not null,
    constraint whoop_sync_kind check (kind in ('first-sync', 'sync')),
    constraint whoop_sync_state check (state in ('queued', 'running', 'done', 'failed'))
);
create unique index whoop_sync_open on whoop_sync (user_id) where state in ('queued', 'running');
create index whoop_sync_user on whoop_sync (user_id, requested_at);
comment on table whoop_sync is 'Runs of reading a member''s records from WHOOP: what is left to do, and how far it went. collection and next_token say where to go on.';
comment on column whoop_sync.window_end is 'Everything up to here is read once the run is done.';
--rollback drop table whoop_sync;

--changeset sync:whoop_freshness
create table whoop_freshness (
    user_id varchar(100) primary key,
    covered_from timestamptz not null,
    last_synced_at timestamptz not null,
    recorded_at timestamptz not null
);
comment on table whoop_freshness is 'What is read of a member without a gap: everything from covered_from to last_synced_at. No row before the first sync is done.';
--rollback drop table whoop_freshness;
