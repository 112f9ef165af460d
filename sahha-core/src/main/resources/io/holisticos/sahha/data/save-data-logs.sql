-- Saves of an event's logs those that are not held, up to the limits of their days, and notes which days changed by that.
--
--   told     what the event said
--   fresh    what of it is not held, counted by kind and by day
--   saved    what of that its day has room for
--   changed  days with exercise, each log of which is a workout, and days on which a source of ours recorded something of a kind
--            that it had not before
with fresh as (
    select told.*,
           row_number() over (partition by day, log_type, data_type, source order by start_at, end_at) as of_kind,
           row_number() over (partition by day order by log_type, data_type, source, start_at, end_at) as of_day
    from jsonb_to_recordset(cast(:logs as jsonb)) as told(day date, log_type text, data_type text, source text,
        start_at timestamptz, end_at timestamptz)
    where not exists (
        select from sahha_data_log held
        where held.profile_id = :who and held.day = told.day and held.log_type = told.log_type
          and held.data_type = told.data_type and held.source = told.source
          and held.start_at = told.start_at and held.end_at = told.end_at)
), saved as (
    insert into sahha_data_log (profile_id, day, log_type, data_type, source, start_at, end_at, received_at)
    select :who, day, log_type, data_type, source, start_at, end_at, :now
    from fresh
    where of_day + (select count(*) from sahha_data_log held
                    where held.profile_id = :who and held.day = fresh.day) <= :mostOfDay
      and of_kind + (select count(*) from sahha_data_log held
                     where held.profile_id = :who and held.day = fresh.day and held.log_type = fresh.log_type
                       and held.data_type = fresh.data_type and held.source = fresh.source) <= :mostOfKind
    on conflict do nothing
    returning day, log_type, data_type, source
), changed as (
    select array_agg(distinct day) as days
    from saved
    where log_type = 'exercise'
       or lower(source) = any (string_to_array(:ours, chr(10)))
          and not exists (
              select from sahha_data_log held
              where held.profile_id = :who and held.day = saved.day and held.log_type = saved.log_type
                and held.data_type = saved.data_type and held.source = saved.source)
)
select sahha_note_days(:who, 'refresh', days) from changed where days is not null
