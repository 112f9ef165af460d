--liquibase formatted sql

--changeset quota:whoop_quota
create table whoop_quota (
    only_row boolean primary key default true check (only_row),
    granted bigint not null,
    last_granted_at timestamptz not null
);
insert into whoop_quota (granted, last_granted_at) values (0, '1970-01-01T00:00:00Z');
comment on table whoop_quota is 'How many calls WHOOP was sent by all processes together. Its one row is the lock that orders them.';
--rollback drop table whoop_quota;

--changeset quota:whoop_quota_grant
create table whoop_quota_grant (
    sequence bigint primary key,
    granted_at timestamptz not null
);
comment on table whoop_quota_grant is 'The last grants, as many as the day may hold: each new one pushes out one that is older than a day.';
--rollback drop table whoop_quota_grant;

--changeset quota:whoop_quota_window
create table whoop_quota_window (
    window_name varchar(10) primary key check (window_name in ('minute', 'day')),
    blocked_until timestamptz,
    capped_at bigint,
    capped_until timestamptz
);
insert into whoop_quota_window (window_name) values ('minute'), ('day');
comment on table whoop_quota_window is 'What WHOOP said of its own counting. blocked_until: it answered 429. capped_at: no grant beyond this sequence until capped_until.';
--rollback drop table whoop_quota_window;
