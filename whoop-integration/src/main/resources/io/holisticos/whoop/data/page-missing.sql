-- Part of confirm-page.sql and save-page.sql for a page that shows which held records are missing from it.
, missing as materialized (
    select whoop_note_missing(:who, '{kind}', array_agg(absent.id), array_agg(absent.cycle_id), :begun, :now)
    from ({missing}) absent having count(*) > 0
)
