--liquibase formatted sql

--changeset vault:member_key
create table member_key (
    user_id varchar(100) primary key,
    wrapped_by varchar(100) not null,
    wrapped_key bytea not null,
    recorded_at timestamptz not null
);
comment on table member_key is 'One data key per member, wrapped by a key from configuration. Without its row, everything sealed for the member is unreadable.';
--rollback drop table member_key;

--changeset jobs:scheduled_tasks
create table scheduled_tasks (
    task_name text not null,
    task_instance text not null,
    task_data bytea,
    execution_time timestamptz not null,
    picked boolean not null,
    picked_by text,
    last_success timestamptz,
    last_failure timestamptz,
    consecutive_failures int,
    last_heartbeat timestamptz,
    version bigint not null,
    priority smallint,
    primary key (task_name, task_instance)
);
create index scheduled_tasks_execution_time on scheduled_tasks (execution_time);
create index scheduled_tasks_last_heartbeat on scheduled_tasks (last_heartbeat);
comment on table scheduled_tasks is 'Jobs, in the columns db-scheduler names. Ids only, never health data.';
--rollback drop table scheduled_tasks;
