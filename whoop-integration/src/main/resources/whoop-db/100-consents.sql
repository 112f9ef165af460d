--liquibase formatted sql

--changeset connect:whoop_connection_awaiting
alter table whoop_connection alter column whoop_user_id drop not null;
alter table whoop_connection_history alter column whoop_user_id drop not null;
alter table whoop_connection add column arriving_user_id bigint;
alter table whoop_connection add column former_user_id bigint;
alter table whoop_connection add column former_state varchar(30);
alter table whoop_connection add column replace_account boolean not null default false;
alter table whoop_connection add column answer_hash bytea;
alter table whoop_connection drop constraint whoop_connection_state_check;
alter table whoop_connection add constraint whoop_connection_state_check check (state in (
    'active', 'refreshing', 'awaiting_profile', 'awaiting_confirmation', 'reauthorization_required', 'revoked'));
alter table whoop_connection drop constraint whoop_connection_usable_has_tokens;
alter table whoop_connection add constraint whoop_connection_usable_has_tokens check (
    state not in ('active', 'refreshing', 'awaiting_profile', 'awaiting_confirmation')
    or (access_token is not null and refresh_token is not null and access_expires_at is not null));
alter table whoop_connection add constraint whoop_connection_usable_has_account check (
    state not in ('active', 'refreshing') or whoop_user_id is not null);
create index whoop_connection_awaiting on whoop_connection (recorded_at) where state = 'awaiting_profile';
comment on column whoop_connection.whoop_user_id is 'Null while a consent waits for its profile or for the member''s confirmation, and after an account that was not the member''s.';
comment on column whoop_connection.arriving_user_id is 'The account that waits for the member''s confirmation.';
comment on column whoop_connection.former_user_id is 'The account before the one that the tokens are of; former_state is what the connection was then.';
comment on column whoop_connection.replace_account is 'Another account than the former one was confirmed beforehand.';
comment on column whoop_connection.answer_hash is 'SHA-256 of what the member''s page says who it answers for: the consent that brought the tokens.';
--rollback delete from whoop_connection where whoop_user_id is null and former_user_id is null;
--rollback update whoop_connection set state = 'revoked', whoop_user_id = former_user_id, access_token = null, refresh_token = null, access_expires_at = null, refresh_started_at = null where whoop_user_id is null or state in ('awaiting_profile', 'awaiting_confirmation');
--rollback delete from whoop_connection_history where whoop_user_id is null;
--rollback drop index whoop_connection_awaiting;
--rollback alter table whoop_connection drop constraint whoop_connection_usable_has_account;
--rollback alter table whoop_connection drop constraint whoop_connection_usable_has_tokens;
--rollback alter table whoop_connection add constraint whoop_connection_usable_has_tokens check (state not in ('active', 'refreshing') or (access_token is not null and refresh_token is not null and access_expires_at is not null));
--rollback alter table whoop_connection drop constraint whoop_connection_state_check;
--rollback alter table whoop_connection add constraint whoop_connection_state_check check (state in ('active', 'refreshing', 'reauthorization_required', 'revoked'));
--rollback alter table whoop_connection drop column answer_hash;
--rollback alter table whoop_connection drop column replace_account;
--rollback alter table whoop_connection drop column former_state;
--rollback alter table whoop_connection drop column former_user_id;
--rollback alter table whoop_connection drop column arriving_user_id;
--rollback alter table whoop_connection_history alter column whoop_user_id set not null;
--rollback alter table whoop_connection alter column whoop_user_id set not null;

--changeset connect:whoop_press
alter table whoop_authorization add column account_label_sealed bytea;
create table whoop_press (
    state_hash bytea primary key,
    link_hash bytea not null references whoop_authorization (link_hash) on delete cascade,
    browser_hash bytea not null,
    answer_hash bytea not null unique,
    created_at timestamptz not null,
    used_at timestamptz
);
create index whoop_press_link_hash on whoop_press (link_hash);
comment on table whoop_press is 'Presses of the button behind a connect link, each with a state and a browser cookie of its own. Held as SHA-256 only.';
comment on column whoop_press.answer_hash is 'Of what the page at the end answers with: whether it was the right account.';
comment on column whoop_authorization.used_at is 'When the first consent behind the link succeeded, or its state was brought by the service that began.';
comment on column whoop_authorization.account_label_sealed is 'How the initiator names the account that the WHOOP account will belong to.';
--rollback drop table whoop_press;
--rollback alter table whoop_authorization drop column account_label_sealed;

--changeset data:whoop_body_measurement_of_account
alter table whoop_body_measurement_history add column whoop_user_id bigint;
comment on column whoop_body_measurement_history.whoop_user_id is 'Whose it was; known where it left because the member came with another account.';
--rollback alter table whoop_body_measurement_history drop column whoop_user_id;
