--liquibase formatted sql

--changeset quota:whoop_quota_foreign
create table whoop_quota_foreign (
    window_name varchar(10) not null check (window_name in ('minute', 'day')),
    begun_at timestamptz not null,
    calls integer not null,
    primary key (window_name, begun_at)
);
comment on table whoop_quota_foreign is 'Calls in one of WHOOP''s windows that were not ours, as far as its headers told: somebody else uses the same application.';
--rollback drop table whoop_quota_foreign;
