--liquibase formatted sql

--changeset access:api_key
create table api_key (
    key_sha256 bytea primary key,
    name varchar(100) not null,
    prefix varchar(12) not null,
    scopes varchar(500) not null,
    recorded_at timestamptz not null
);
comment on table api_key is 'Service keys; only the SHA-256 of the whole text is held. scopes: words parted by a space.';
--rollback drop table api_key;

--changeset access:feature_flag
create table feature_flag (
    feature_name varchar(100) primary key,
    feature_enabled integer,
    strategy_id varchar(200),
    strategy_params varchar(10000)
);
comment on table feature_flag is 'Flags of the product, in the columns Togglz names.';
--rollback drop table feature_flag;
