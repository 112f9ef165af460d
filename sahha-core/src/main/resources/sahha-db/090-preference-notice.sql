--liquibase formatted sql

-- The names of those who have preferences are in every replica's memory, so a row that somebody inserts by hand has to be told, too.

--changeset unified:member-preference-notice splitStatements:false rollbackSplitStatements:false
select set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

create function sahha_tell_preference() returns trigger language plpgsql security definer set search_path from current as $$
declare
  who text := case tg_op when 'DELETE' then old.user_id else new.user_id end;
  place bigint;
begin
  insert into change_notice (topic, key) values ('preference', who) returning sequence into place;
  perform pg_notify('change_notice', '=preference=' || place || '=' || who);
  return null;
end $$;
comment on function sahha_tell_preference is 'Tells every replica, once the transaction commits, whose preferences changed, whoever changed them.';

create trigger sahha_tell_preference after insert or update or delete on member_preference
    for each row execute function sahha_tell_preference();
comment on table member_preference is 'In which order a member wants the sources, as of the last PUT. Members who never said so have no row. A trigger tells the replicas of each change.';
--rollback drop trigger sahha_tell_preference on member_preference;
--rollback drop function sahha_tell_preference;
--rollback comment on table member_preference is 'In which order a member wants the sources, as of the last PUT. Members who never said so have no row. Each change is told to the replicas by a change_notice; who changes a row by hand writes one, or waits 30 s.';
