-- The shared tables of the former service as its schema was recorded (docs/existing-paths.md), with those keys that bind
-- others. Every value is synthetic.
create table users (id uuid primary key default gen_random_uuid(), email text);
create table profiles (
    id text primary key, data jsonb, created_at timestamptz default now(), updated_at timestamptz default now(),
    user_id uuid references users (id) on delete cascade, sahha_external_id text,
    sahha_profile_created_at timestamp, account_id text, last_webhook_received_at timestamp,
    constraint profiles_sahha_external_id_key unique (sahha_external_id)
);
create unique index idx_profiles_sahha_external_id on profiles (sahha_external_id);
create table scores (
    id uuid primary key default gen_random_uuid(), profile_id text, type text, score double precision, data jsonb,
    score_date_time timestamptz, created_at timestamptz default now(), updated_at timestamptz default now(), user_id uuid,
    sahha_score_id text, state text, factors jsonb, data_sources text[], version double precision default 1.0, sync_date date,
    is_latest_for_date boolean default true
);
create index idx_scores_profile_id on scores (profile_id);
create index idx_scores_profile_type on scores (profile_id, type);
create table biomarkers (
    id uuid primary key default gen_random_uuid(), profile_id text, category text, type text, data jsonb,
    start_date_time timestamptz, end_date_time timestamptz, created_at timestamptz default now(),
    updated_at timestamptz default now(), user_id uuid, sahha_biomarker_id text, value text, unit text, value_type text,
    periodicity text, aggregation text, sync_date date, is_latest_for_date boolean default true,
    constraint fk_biomarkers_profile foreign key (profile_id) references profiles (id) on delete cascade,
    constraint biomarkers_profile_id_fkey foreign key (profile_id) references profiles (id),
    constraint biomarkers_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);
create index idx_biomarkers_profile_id on biomarkers (profile_id);
create table archetypes (
    id uuid primary key default gen_random_uuid(), profile_id text, name text, periodicity text, value text, data jsonb,
    start_date_time timestamptz, end_date_time timestamptz, created_at timestamptz default now(),
    updated_at timestamptz default now(), user_id uuid, sahha_archetype_id text, data_type text, ordinality integer,
    version double precision default 1.0, sync_date date, is_latest_for_date boolean default true, start_date_only date,
    constraint archetypes_profile_id_fkey foreign key (profile_id) references profiles (id),
    constraint fk_archetypes_profile foreign key (profile_id) references profiles (id),
    constraint archetypes_user_id_fkey foreign key (user_id) references users (id)
);
create index idx_archetypes_latest on archetypes (profile_id, start_date_only, is_latest_for_date) where is_latest_for_date = true;
