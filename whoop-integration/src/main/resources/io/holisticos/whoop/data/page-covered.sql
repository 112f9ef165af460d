-- Part of confirm-page.sql and save-page.sql for kinds that WHOOP lists.
, covered as materialized (
    select whoop_extend_coverage(
        :who, '{kind}', cast(:read as tstzmultirange), cast(:near as tstzmultirange), :now) from complete
)
