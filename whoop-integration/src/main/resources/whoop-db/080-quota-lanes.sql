--liquibase formatted sql

--changeset quota:whoop_quota_grant_lane
alter table whoop_quota_grant add column lane smallint not null default 0;
alter table whoop_quota_grant add column member bigint not null default 0;
comment on column whoop_quota_grant.lane is '0 interactive, 1 webhook, 2 reconcile, 3 backfill.';
comment on column whoop_quota_grant.member is 'A number made of the member''s id, to share a lane fairly; 0 for calls of the application itself.';
--rollback alter table whoop_quota_grant drop column lane;
--rollback alter table whoop_quota_grant drop column member;

--changeset quota:whoop_quota_version
alter table whoop_quota add column version bigint not null default 0;
comment on column whoop_quota.version is 'Grows with everything but a grant. Who knows both counts knows all grants and everything that stands against the next one.';
--rollback alter table whoop_quota drop column version;

--changeset quota:whoop_quota_waiting
create table whoop_quota_waiting (
    lane smallint not null,
    member bigint not null,
    told_at timestamptz not null,
    primary key (lane, member)
);
comment on table whoop_quota_waiting is 'Who was refused a permit, and when it was told to come back: what is kept free for it then.';
--rollback drop table whoop_quota_waiting;
