-- What the service before us leaves, as far as its callers' sources show it. Every value is synthetic.
create table profiles (id text primary key, created_at text);
create table scores (id text primary key, profile_id text not null, type text, score numeric, state text, data jsonb, score_date_time text, created_at text default now()::text, updated_at text, constraint scores_identity unique (profile_id, type, score_date_time));
create table biomarkers (id text primary key, profile_id text not null, category text, type text, data json, start_date_time text, end_date_time text, created_at text, updated_at text);
create unique index biomarkers_identity on biomarkers (profile_id, type, start_date_time, end_date_time);
create table archetypes (id text primary key, profile_id varchar(100) not null, name text, periodicity text, value text, data jsonb, start_date_time timestamp, end_date_time timestamp, created_at timestamp, updated_at timestamp);
insert into profiles (id) values ('11111111-1111-4111-8111-111111111111'), ('22222222-2222-4222-8222-222222222222');
insert into scores (id, profile_id, type, score, state, data, score_date_time, created_at, updated_at) values
('00000000-0000-4000-8000-000000000001', '11111111-1111-4111-8111-111111111111', 'sleep', 0.89, 'high', '{"sahha_id": "00000001-0000-5000-8000-000000000001", "factors": [], "dataSources": ["sleep"], "version": 1, "createdAtUtc": "2025-08-14T16:30:00+00:00"}', '2025-08-14T00:00:00+00:00', '2025-08-14 16:36:21.35416+00', '2025-08-14 16:36:21.35416+00'),
('00000000-0000-4000-8000-000000000002', '11111111-1111-4111-8111-111111111111', 'readiness', null, null, '{"factors": []}', '2025-08-14T00:00:00+00:00', '2025-08-14 16:36:21.35416+00', '2025-08-14 16:36:21.35416+00');
insert into biomarkers (id, profile_id, category, type, data, start_date_time, end_date_time, created_at, updated_at) values
('00000000-0000-4000-8000-000000000101', '11111111-1111-4111-8111-111111111111', 'activity', 'steps', '{"type": "steps", "category": "activity", "value": "8140", "unit": "count", "valueType": "integer", "aggregation": "total", "periodicity": "daily"}', '2025-08-14T00:00:00+00:00', '2025-08-14T23:59:59+00:00', '2025-08-14 16:36:21.35416+00', '2025-08-14T17:00:00Z'),
('00000000-0000-4000-8000-000000000102', '11111111-1111-4111-8111-111111111111', 'activity', 'active_energy_burned', '{"type": "active_energy_burned", "category": "activity", "value": "310", "unit": "kcal", "valueType": "integer", "aggregation": "total", "periodicity": "daily"}', '2025-08-14T00:00:00+00:00', '2025-08-14T23:59:59+00:00', '2025-08-14 16:36:21.35416+00', '2025-08-14T17:00:00Z'),
('00000000-0000-4000-8000-000000000103', '11111111-1111-4111-8111-111111111111', 'sleep', 'sleep_duration', '{"type": "sleep_duration", "category": "sleep", "value": "455", "unit": "minute", "valueType": "integer", "aggregation": "total", "periodicity": "daily"}', '2025-08-13T18:00:00+00:00', '2025-08-14T17:59:59+00:00', '2025-08-14 16:36:21.35416+00', '2025-08-14T17:00:00Z');
-- Rows of an early version of the service: neither category nor data.
insert into biomarkers (id, profile_id, category, type, data, start_date_time, end_date_time, created_at, updated_at)
select 'early-' || n , '11111111-1111-4111-8111-111111111111', null, 'steps', null, ('2025-01-01T00:00:00+00:00'::timestamptz + n * interval '1 day'), ('2025-01-01T23:59:59+00:00'::timestamptz + n * interval '1 day'), '2025-08-14 16:36:21.35416+00', '2025-08-14 16:36:21.35416+00'
from generate_series(1, 120) n;
insert into archetypes (id, profile_id, name, periodicity, value, data, start_date_time, end_date_time, created_at, updated_at) values
('00000000-0000-4000-8000-000000000301', '11111111-1111-4111-8111-111111111111', 'sleep_pattern', 'weekly', 'consistent_early_sleeper', '{}', '2025-08-04T00:00:00+00:00', '2025-08-10T00:00:00+00:00', '2025-08-14 16:36:21.35416+00', '2025-08-14 16:36:21.35416+00');
-- One time in three shapes, and one with an offset.
insert into scores (id, profile_id, type, score, state, data, score_date_time, created_at, updated_at) values
('t1', '22222222-2222-4222-8222-222222222222', 'sleep', 0.5, 'low', '{}', '2025-08-14 00:00:00+00', '2025-08-14T10:00:00', '2025-08-14T10:00:00'),
('t2', '22222222-2222-4222-8222-222222222222', 'sleep', 0.52, 'low', '{}', '2025-08-14T00:00:00Z', '2025-08-14T12:00:00Z', '2025-08-14T12:00:00Z'),
('t3', '22222222-2222-4222-8222-222222222222', 'sleep', 0.71, 'medium', '{}', '2025-08-15T00:00:00+12:00', '2025-08-14 20:00:00+00', '2025-08-14 20:00:00+00');
