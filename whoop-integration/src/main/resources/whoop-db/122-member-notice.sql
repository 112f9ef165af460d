--liquibase formatted sql

-- Replicas keep members' answers in memory, so each change of what an answer says is told: by triggers, since others write the
-- same tables, and therefore without a time of its own.

--changeset notice:member_notice splitStatements:false rollbackSplitStatements:false
select set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

alter table change_notice alter column recorded_at drop not null;
comment on column change_notice.recorded_at is 'When it was written; null for a trigger''s notice, which knows no time and is purged by its place in the sequence.';

create function notice_member(who text) returns void language plpgsql security definer set search_path from current as $$
declare
  place bigint;
begin
  if length(who) > 100 then
    return; -- no id that a caller could ask for
  end if;
  insert into change_notice (topic, key) values ('member', who) returning sequence into place;
  perform pg_notify('change_notice', '=member=' || place || '=' || who); -- nobody who hears it reads the table
end $$;
comment on function notice_member is 'Tells every replica, once the transaction commits, that answers about a member may be other ones; an empty id means all members. ChangeNoticeStore owns the table.';
--rollback drop function notice_member;
--rollback update change_notice set recorded_at = timestamptz '1970-01-01 00:00:00Z' where recorded_at is null;
--rollback alter table change_notice alter column recorded_at set not null;
