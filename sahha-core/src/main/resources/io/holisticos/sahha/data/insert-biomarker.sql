insert into biomarkers (id, profile_id, category, type, data, start_date_time, end_date_time, created_at,
    updated_at, day, utc_offset_seconds, source_created_at, fetch_begun_at, recorded_at)
values (:id, :who, :category, :name, cast(:data as jsonb), :start, :end, :now, :now, :day, :offset, :created,
    :begun, :now)
on conflict do nothing
