--liquibase formatted sql

--changeset unified:member-preference
create table member_preference (
    user_id varchar(100) primary key,
    source_order jsonb not null,
    by_family jsonb not null,
    by_metric jsonb not null,
    revision bigint not null,
    recorded_at timestamptz not null
);
comment on table member_preference is 'In which order a member wants the sources, as of the last PUT. Members who never said so have no row. Each change is told to the replicas by a change_notice; who changes a row by hand writes one, or waits 30 s.';
comment on column member_preference.source_order is 'Names of sources, best first; for all metrics that by_family and by_metric say nothing of.';
comment on column member_preference.revision is 'Counts the versions of this member, from 1.';
--rollback drop table member_preference;

--changeset unified:member-preference-history
create table member_preference_history (
    user_id varchar(100) not null,
    revision bigint not null,
    source_order jsonb not null,
    by_family jsonb not null,
    by_metric jsonb not null,
    recorded_at timestamptz not null,
    replaced_at timestamptz not null,
    primary key (user_id, revision)
);
comment on table member_preference_history is 'Replaced versions of member_preference: each was in force from recorded_at to replaced_at.';
--rollback drop table member_preference_history;
