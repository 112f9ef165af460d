insert into scores (id, profile_id, type, score, state, data, score_date_time, created_at, updated_at, day,
    utc_offset_seconds, source_created_at, fetch_begun_at, recorded_at)
values (:id, :who, :name, cast(:value as numeric), :state, cast(:data as jsonb), :start, :now, :now, :day,
    :offset, :created, :begun, :now)
on conflict do nothing
