insert into sahha_history (kind, row_id, profile_id, value, state, data, recorded_at, replaced_at)
values (:kind, :id, :who, :value, :state, cast(:data as jsonb), :recorded, :now)
on conflict (kind, row_id, replaced_at) do nothing
