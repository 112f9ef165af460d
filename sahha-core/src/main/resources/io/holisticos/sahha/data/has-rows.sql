select exists (select 1 from scores where profile_id = :who)
    or exists (select 1 from biomarkers where profile_id = :who)
    or exists (select 1 from archetypes where profile_id = :who)
