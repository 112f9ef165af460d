--liquibase formatted sql

--changeset connect:whoop_connection
create table whoop_connection (
    user_id varchar(100) primary key,
    whoop_user_id bigint not null,
    state varchar(30) not null
        check (state in ('active', 'refreshing', 'reauthorization_required', 'revoked')),
    scopes varchar(500) not null,
    access_token bytea,
    refresh_token bytea,
    access_expires_at timestamptz,
    token_version bigint not null,
    refresh_started_at timestamptz,
    connected_at timestamptz not null,
    recorded_at timestamptz not null,
    constraint whoop_connection_usable_has_tokens check (
        state not in ('active', 'refreshing')
        or (access_token is not null and refresh_token is not null and access_expires_at is not null)),
    constraint whoop_connection_revoked_has_no_tokens check (
        state <> 'revoked' or (access_token is null and refresh_token is null))
);
create unique index whoop_connection_one_user_per_account on whoop_connection (whoop_user_id) where state <> 'revoked';
comment on table whoop_connection is 'One row per member who ever connected. Tokens are sealed; token_version grows with every new pair.';
comment on column whoop_connection.refresh_started_at is 'Written before a refresh is sent and cleared with its answer: while it is set, the refresh token may be spent.';
--rollback drop table whoop_connection;

--changeset connect:whoop_connection_history
create table whoop_connection_history (
    id bigint generated always as identity primary key,
    user_id varchar(100) not null,
    whoop_user_id bigint not null,
    state varchar(30) not null,
    scopes varchar(500) not null,
    token_version bigint not null,
    reason varchar(100) not null,
    recorded_at timestamptz not null
);
create index whoop_connection_history_user on whoop_connection_history (user_id, recorded_at);
comment on table whoop_connection_history is 'Every state a connection entered, and why. The passing state refreshing is left out: it comes and goes every hour.';
--rollback drop table whoop_connection_history;

--changeset connect:whoop_authorization
create table whoop_authorization (
    state_hash bytea primary key,
    link_hash bytea not null unique,
    browser_hash bytea,
    user_id varchar(100) not null,
    initiated_by varchar(100) not null,
    return_to varchar(2000),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
);
create index whoop_authorization_expires_at on whoop_authorization (expires_at);
create index whoop_authorization_user on whoop_authorization (user_id);
comment on table whoop_authorization is 'Consents under way. State, link and browser cookie are held as SHA-256 only.';
--rollback drop table whoop_authorization;
