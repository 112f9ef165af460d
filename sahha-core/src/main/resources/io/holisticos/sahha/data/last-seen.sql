-- When and where a member was last seen; no row when there is no record.
--
-- Sahha's createdAtUtc says best when a member was at an offset. Biomarkers have none, so the start of their window stands in, as
-- it does for infinite times, which other services may write. A record without an offset counts only when no record has one.
-- Of each sort of record only the newest are looked at, which an index finds in one step (086-one-statement.sql).
select least(seen_at, :now) as at, seen_at, utc_offset_seconds from (
    select start_at, utc_offset_seconds,
           case when isfinite(source_created_at) then source_created_at else start_at end as seen_at
    from (
        select score_date_time as start_at, source_created_at, utc_offset_seconds
        from scores where profile_id = :who and utc_offset_seconds is not null and score_date_time = (
            select score_date_time from scores where profile_id = :who and utc_offset_seconds is not null
              and score_date_time between timestamptz '0001-01-02 00:00:00Z' and :now
            order by score_date_time desc limit 1)
        union all
        select start_date_time, source_created_at, utc_offset_seconds
        from biomarkers where profile_id = :who and utc_offset_seconds is not null and start_date_time = (
            select start_date_time from biomarkers where profile_id = :who and utc_offset_seconds is not null
              and start_date_time between timestamptz '0001-01-02 00:00:00Z' and :now
            order by start_date_time desc limit 1)
        union all
        select score_date_time, source_created_at, utc_offset_seconds
        from scores where profile_id = :who and utc_offset_seconds is null and score_date_time = (
            select score_date_time from scores where profile_id = :who and utc_offset_seconds is null
              and score_date_time between timestamptz '0001-01-02 00:00:00Z' and :now
            order by score_date_time desc limit 1)
        union all
        select start_date_time, source_created_at, utc_offset_seconds
        from biomarkers where profile_id = :who and utc_offset_seconds is null and start_date_time = (
            select start_date_time from biomarkers where profile_id = :who and utc_offset_seconds is null
              and start_date_time between timestamptz '0001-01-02 00:00:00Z' and :now
            order by start_date_time desc limit 1)
    ) newest
) seen
order by utc_offset_seconds is null, start_at desc, seen_at desc, utc_offset_seconds desc limit 1
