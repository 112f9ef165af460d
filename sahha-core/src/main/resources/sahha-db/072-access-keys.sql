--liquibase formatted sql

--changeset access:api-key-names splitStatements:false rollbackSplitStatements:false
-- Versions before this one kept the first six characters of each key in prefix. It is emptied, and stays empty while such
-- a version still runs; nobody reads it any more.
do $$ begin
  perform sahha_patiently(array[
      'alter table api_key add column public_id varchar(32) not null unique default left(replace(gen_random_uuid()::text, ''-'', ''''), 12)',
      'alter table api_key alter column prefix set default ''''']);
end $$;
comment on column api_key.public_id is 'Names the key to people. Random, no part of the key.';
comment on column api_key.prefix is 'Once the beginning of the key: always empty, and to be dropped.';
update api_key set prefix = '';
create function api_key_empty_prefix() returns trigger language plpgsql as $$ begin
  new.prefix := '';
  return new;
end $$;
comment on function api_key_empty_prefix is 'Keeps parts of keys out of the table while versions run that write them.';
create trigger api_key_empty_prefix before insert or update of prefix on api_key
    for each row execute function api_key_empty_prefix();
--rollback drop trigger api_key_empty_prefix on api_key;
--rollback drop function api_key_empty_prefix();
--rollback alter table api_key alter column prefix drop default;
--rollback alter table api_key drop column public_id;

--changeset access:api-key-ends splitStatements:false rollbackSplitStatements:false
do $$ begin
  perform sahha_patiently(array[
      'alter table api_key add column leased_until timestamptz, add column revoked_at timestamptz']);
end $$;
comment on column api_key.leased_until is 'When the key ends unless a replica that was started with it says otherwise before; null: never.';
comment on column api_key.revoked_at is 'Since then the key opens nothing, whoever was started with it. Set it by hand: seen by every replica within 30 s.';
--rollback alter table api_key drop column leased_until, drop column revoked_at;
