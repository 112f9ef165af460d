-- Saves of an event's logs those that are not held, up to the limits of their days, and notes which days changed by that.
--
--   told     what the event said; telling: exercise, and what a source of ours recorded. It has limits of its own.
--   fresh    what of it is not held, counted by kind and by day
--   saved    what of that its day has room for
--   changed  days with exercise, each log of which can be a workout, and days and sleep days on which a source of ours recorded
--            something of a kind that it had not before
with told as (
    select log.*, log_type = 'exercise' or lower(source) = any (string_to_array(:ours, chr(10))) as telling
    from jsonb_to_recordset(cast(:logs as jsonb)) as log(day date, sleep_day date, log_type text, data_type text, source text,
        start_at timestamptz, end_at timestamptz)
), fresh as (
    select told.*,
           row_number() over (partition by day, sleep_day, log_type, data_type, source order by start_at, end_at) as of_kind,
           row_number() over (partition by day, telling
                              order by sleep_day, log_type, data_type, source, start_at, end_at) as of_day
    from told
    where not exists (
        select from sahha_data_log held
        where held.profile_id = :who and held.day = told.day and held.log_type = told.log_type
          and held.data_type = told.data_type and held.source = told.source
          and held.start_at = told.start_at and held.end_at = told.end_at)
), saved as (
    insert into sahha_data_log (profile_id, day, sleep_day, log_type, data_type, source, start_at, end_at, received_at)
    select :who, day, sleep_day, log_type, data_type, source, start_at, end_at, :now
    from fresh
    where of_day + (select count(*) from sahha_data_log held
                    where held.profile_id = :who and held.day = fresh.day
                      and fresh.telling = (held.log_type = 'exercise'
                          or lower(held.source) = any (string_to_array(:ours, chr(10))))) <= :mostOfDay
      and of_kind + (select count(*) from sahha_data_log held
                     where held.profile_id = :who and held.day = fresh.day and held.sleep_day = fresh.sleep_day
                       and held.log_type = fresh.log_type and held.data_type = fresh.data_type
                       and held.source = fresh.source) <= :mostOfKind
    on conflict do nothing
    returning day, sleep_day, log_type, data_type, source
), changed as (
    select day
    from saved
    where log_type = 'exercise'
       or lower(source) = any (string_to_array(:ours, chr(10)))
          and not exists (
              select from sahha_data_log held
              where held.profile_id = :who and held.day = saved.day and held.log_type = saved.log_type
                and held.data_type = saved.data_type and held.source = saved.source)
    union
    select sleep_day
    from saved
    where log_type <> 'exercise' and lower(source) = any (string_to_array(:ours, chr(10)))
      and not exists (
          select from sahha_data_log held
          where held.profile_id = :who and held.sleep_day = saved.sleep_day and held.log_type = saved.log_type
            and held.data_type = saved.data_type and held.source = saved.source)
)
select sahha_note_days(:who, 'refresh', days) from (select array_agg(day) as days from changed) every_day where days is not null
