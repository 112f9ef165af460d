--liquibase formatted sql

-- Which days of a member were read from Sahha, and when last. The former build and operators write marks, too, so triggers keep
-- this, and note which days are known to be whole from now on.

--changeset sahha:read-days
alter table sahha_refresh add column read_from date, add column read_until timestamptz;
comment on column sahha_refresh.read_from is 'The first day that was read: all days from it on were, up to the end of the span.';
comment on column sahha_refresh.read_until is 'When the newest of these reads began. Unlike refreshed_at, it never goes back. Null, like read_from, in marks older than these columns.';
--rollback alter table sahha_refresh drop column read_until, drop column read_from;

--changeset sahha:read-days-functions splitStatements:false rollbackSplitStatements:false
-- As the functions of 073, they run with the rights of their owner and look for tables in this schema only.
select set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

create function sahha_first_day(span text, refreshed_at timestamptz) returns date language sql stable as $$
  select case when span ~ '^\d{4}-(0[1-9]|1[0-2])$' then to_date(span, 'YYYY-MM')
              else cast(refreshed_at at time zone 'UTC' as date) - 14 end
$$;
comment on function sahha_first_day is 'The first day that a fetch of this span asks for, by FetchSpan.';

create function sahha_last_day(span text) returns date language sql stable as $$
  select case when span ~ '^\d{4}-(0[1-9]|1[0-2])$'
              then cast(to_date(span, 'YYYY-MM') + interval '1 month' - interval '1 day' as date) end
$$;
comment on function sahha_last_day is 'The last day of a month; null for the recent days, which have no end.';

create function sahha_keep_read_days() returns trigger language plpgsql set search_path from current as $$
declare
  held_from date;
  held_until timestamptz;
begin
  new.read_from := sahha_first_day(new.span, new.refreshed_at);
  new.read_until := new.refreshed_at;
  if tg_op = 'UPDATE' then
    held_until := coalesce(old.read_until, old.refreshed_at);
    held_from := coalesce(old.read_from, sahha_first_day(old.span, held_until));
    if held_until >= new.refreshed_at then
      new.read_until := held_until;
      new.read_from := held_from;
    elsif new.read_from < cast(held_until at time zone 'UTC' as date) then -- the day of the read before is read again: no gap
      new.read_from := least(held_from, new.read_from);
    end if;
  end if;
  return new;
end $$;
comment on function sahha_keep_read_days is 'Keeps which days were read, and when last, beside a mark.';

create function sahha_last_offset(who text, since timestamptz, until timestamptz) returns integer language plpgsql stable security definer
    set search_path from current as $$
begin
  return (select utc_offset_seconds from (
      select score_date_time as start_at, utc_offset_seconds,
             case when isfinite(source_created_at) then source_created_at else score_date_time end as seen_at
      from scores where profile_id = who
      union all
      select start_date_time, utc_offset_seconds,
             case when isfinite(source_created_at) then source_created_at else start_date_time end
      from biomarkers where profile_id = who) seen
    where start_at between since and until
    order by utc_offset_seconds is null, start_at desc, seen_at desc, utc_offset_seconds desc limit 1);
end $$;
comment on function sahha_last_offset is 'Where a member was last seen, as last-seen.sql finds it; null without a row that says so.';

create function sahha_offset_at(who text, moment timestamptz) returns interval language plpgsql stable security definer
    set search_path from current as $$
begin -- most members were seen lately, and then not all of their rows have to be looked at
  return make_interval(secs => coalesce(sahha_last_offset(who, moment - interval '30 days', moment),
      sahha_last_offset(who, timestamptz '0001-01-02 00:00:00Z', moment), 0));
end $$;
comment on function sahha_offset_at is 'The member''s offset from UTC at a moment; none for somebody who was never seen.';

create function sahha_note_read_days() returns trigger language plpgsql security definer set search_path from current as $$
declare
  first_changed date;
  last_changed date;
  before timestamptz;
  utc_offset interval;
begin
  if tg_op = 'DELETE' then
    perform sahha_note_days(old.profile_id, 'coverage', array[cast(null as date)]) where old.kind in ('scores', 'biomarkers');
    return null;
  end if;
  if new.kind not in ('scores', 'biomarkers') then
    return null;
  end if;
  first_changed := new.read_from;
  if tg_op = 'UPDATE' then
    if new.read_from > old.read_from then -- what was read before no longer goes on to here
      perform sahha_note_days(new.profile_id, 'coverage', array[cast(null as date)]);
      return null;
    end if;
    if new.read_until = old.read_until then
      return null; -- an event made the mark stale
    end if;
    before := coalesce(old.read_until, old.refreshed_at);
    if floor(extract(epoch from before) / 900) = floor(extract(epoch from new.read_until) / 900) then
      return null; -- no day ended meanwhile: offsets are whole quarters of an hour
    end if;
    utc_offset := sahha_offset_at(new.profile_id, new.read_until);
    first_changed := cast(before at time zone 'UTC' + utc_offset as date);
    if first_changed >= cast(new.read_until at time zone 'UTC' + utc_offset as date) then
      return null; -- read again on the same day, which tells no more of any day's end
    end if;
  end if;
  last_changed := least(cast(new.read_until at time zone 'UTC' + interval '14 hours' as date), sahha_last_day(new.span));
  perform sahha_note_days(new.profile_id, 'coverage',
      array(select cast(generate_series(first_changed, last_changed, interval '1 day') as date)));
  return null;
end $$;
comment on function sahha_note_read_days is 'Notes the days of which a mark says otherwise whether they were read to their end. The last one is that of the easternmost clock.';
--rollback drop function sahha_note_read_days;
--rollback drop function sahha_offset_at;
--rollback drop function sahha_last_offset;
--rollback drop function sahha_keep_read_days;
--rollback drop function sahha_last_day;
--rollback drop function sahha_first_day;

--changeset sahha:read-days-triggers splitStatements:false rollbackSplitStatements:false
create trigger sahha_keep_read_days before insert or update on sahha_refresh
    for each row execute function sahha_keep_read_days();
create trigger sahha_note_read_days after insert or update or delete on sahha_refresh
    for each row execute function sahha_note_read_days();
create trigger sahha_note_truncated before truncate on sahha_refresh
    for each statement execute function sahha_note_all_rows();
--rollback do $$ begin
--rollback   if exists (select 1 from databasechangelog where id = 'alone' and author = 'sahha') then
--rollback     raise exception 'the cut-over was made: run sahha-cut-over rollback --count 1 first';
--rollback   end if;
--rollback end $$;
--rollback drop trigger sahha_note_truncated on sahha_refresh;
--rollback drop trigger sahha_note_read_days on sahha_refresh;
--rollback drop trigger sahha_keep_read_days on sahha_refresh;

--changeset sahha:read-days-view
create view sahha_read_days as
    select profile_id, kind, coalesce(read_from, sahha_first_day(span, refreshed_at)) as first_day, sahha_last_day(span) as last_day,
           coalesce(read_until, refreshed_at) as until
    from sahha_refresh where kind in ('scores', 'biomarkers');
comment on view sahha_read_days is 'Which days were read, and when last, for the statement that reads how a member stands. RefreshMarkStore of sahha.data owns the table and publishes this view.';
--rollback drop view sahha_read_days;
