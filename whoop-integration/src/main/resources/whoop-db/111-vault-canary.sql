--liquibase formatted sql

--changeset vault:vault_canary
create table vault_canary (
    wrapped_by varchar(100) primary key,
    sealed bytea not null,
    recorded_at timestamptz not null
);
comment on table vault_canary is 'A known text sealed with each wrapping key: a key of the same name that does not open it is another key.';
--rollback drop table vault_canary;

--changeset vault:member_key_destroyed
create table member_key_destroyed (
    user_id varchar(100) primary key,
    recorded_at timestamptz not null
);
comment on table member_key_destroyed is 'Members whose key was destroyed on purpose: only this row says so, never a failure to open.';
--rollback drop table member_key_destroyed;
