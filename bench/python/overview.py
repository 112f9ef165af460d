"""The unified overview of today as a Python service would answer it: FastAPI, uvicorn and asyncpg.

GET /merged/{user_id}  merges both sources at read time, by one query of each database
GET /stored/{user_id}  reads an answer that lies in a table

It reads the service's own tables and answers the same JSON. It is kinder to itself than the service is: it refreshes nothing, has
no deadlines, no breakers, no members' preferences, no echoes or relayed values, no ETags, and trusts every row.
"""

import json
import os
from datetime import datetime, timedelta, timezone

import asyncpg
from fastapi import FastAPI, Request
from fastapi.responses import Response

KEY = os.environ["SERVICE_KEY"]
POOL = int(os.environ.get("POOL", "8"))

# id, unit, type in Sahha, where WHOOP has it, tolerance (kind, agree, conflict), who is preferred
METRICS = [
    ("heart_rate.resting", "bpm", "heart_rate_resting", ("recovery", "resting_heart_rate"), "absolute", 3, 8, "whoop"),
    ("heart_rate.sleep", "bpm", "heart_rate_sleep", None, "absolute", 3, 8, "whoop"),
    ("heart_rate.average", "bpm", None, ("cycle", "average_heart_rate"), "absolute", 3, 8, "whoop"),
    ("heart_rate.max", "bpm", None, ("cycle", "max_heart_rate"), "absolute", 3, 8, "whoop"),
    ("hrv.rmssd", "ms", "heart_rate_variability_rmssd", None, "absolute", 8, 20, "whoop"),
    ("hrv.rmssd.sleep", "ms", None, ("recovery", "hrv_rmssd_milli"), "absolute", 8, 20, "whoop"),
    ("hrv.sdnn", "ms", "heart_rate_variability_sdnn", None, "absolute", 8, 20, "whoop"),
    ("vo2_max", "mL/kg/min", "vo2_max", None, "relative", 10, 20, "whoop"),
    ("sleep.duration", "minute", "sleep_duration", ("night", "asleep"), "absolute", 20, 60, "whoop"),
    ("sleep.in_bed", "minute", "sleep_in_bed_duration", ("night", "in_bed"), "absolute", 20, 60, "whoop"),
    ("sleep.awake", "minute", "sleep_awake_duration", ("night", "awake"), "absolute", 20, 60, "whoop"),
    ("sleep.light", "minute", "sleep_light_duration", ("night", "light"), "absolute", 20, 60, "whoop"),
    ("sleep.deep", "minute", "sleep_deep_duration", ("night", "deep"), "absolute", 20, 60, "whoop"),
    ("sleep.rem", "minute", "sleep_rem_duration", ("night", "rem"), "absolute", 20, 60, "whoop"),
    ("sleep.latency", "minute", "sleep_latency", None, "absolute", 20, 60, "whoop"),
    ("sleep.efficiency", "percent", "sleep_efficiency", ("sleep", "sleep_efficiency_percentage"), "absolute", 5, 10, "whoop"),
    ("sleep.regularity", "percent", "sleep_regularity", None, "absolute", 10, 20, "whoop"),
    ("sleep.consistency", "percent", None, ("sleep", "sleep_consistency_percentage"), "absolute", 10, 20, "whoop"),
    ("sleep.need", "minute", None, ("night", "need"), "absolute", 20, 60, "whoop"),
    ("sleep.debt", "hour", "sleep_debt", None, "absolute", 1, 3, "whoop"),
    ("sleep.interruptions", "count", "sleep_interruptions", ("sleep", "disturbance_count"), "absolute", 5, 15, "whoop"),
    ("respiratory_rate", "per_minute", "respiratory_rate", None, "absolute", 1, 3, "whoop"),
    ("respiratory_rate.sleep", "per_minute", "respiratory_rate_sleep", ("sleep", "respiratory_rate"), "absolute", 1, 3, "whoop"),
    ("spo2", "percent", "oxygen_saturation", None, "absolute", 2, 4, "whoop"),
    ("spo2.sleep", "percent", "oxygen_saturation_sleep", ("recovery", "spo2_percentage"), "absolute", 2, 4, "whoop"),
    ("skin_temperature.sleep", "celsius", "skin_temperature_sleep", ("recovery", "skin_temp_celsius"), "absolute", 0.5, 1.5, "whoop"),
    ("steps", "count", "steps", ("cycle", "step_count"), "relative", 10, 30, "sahha"),
    ("floors_climbed", "count", "floors_climbed", None, "relative", 10, 30, "sahha"),
    ("active.hours", "hour", "active_hours", None, "absolute", 1, 3, "sahha"),
    ("active.duration", "minute", "active_duration", None, "relative", 15, 40, "sahha"),
    ("sedentary.duration", "minute", "activity_sedentary_duration", None, "relative", 15, 40, "sahha"),
    ("energy.active", "kcal", "active_energy_burned", None, "relative", 15, 40, "sahha"),
    ("energy.total", "kcal", "total_energy_burned", ("night", "kcal"), "relative", 15, 40, "sahha"),
]

SAHHA_DAY = """
select 0 as score, type, null as state, data->>'value' as value, data->>'periodicity' as periodicity, day,
       utc_offset_seconds, start_date_time as at, fetch_begun_at
from biomarkers where profile_id = $1 and day between $2 and $3 and not superseded
union all
select 1, type, state, cast(score as text), null, day, utc_offset_seconds, score_date_time, fetch_begun_at
from scores where profile_id = $1 and day between $2 and $3 and not superseded
"""

WHOOP_DAY = """
with cycle as (
    select * from whoop_cycle where user_id = $1 and deleted_at is null and start_at <= $2 order by start_at desc limit 1
)
select to_json(cycle) as cycle,
       (select to_json(r) from whoop_recovery r
        where r.user_id = $1 and r.cycle_id = cycle.id and r.deleted_at is null) as recovery,
       (select json_agg(s order by s.start_at) from whoop_sleep s
        where s.user_id = $1 and s.cycle_id = cycle.id and s.deleted_at is null) as sleeps,
       (select json_agg(w order by w.start_at) from whoop_workout w
        where w.user_id = $1 and w.start_at >= cycle.start_at and w.deleted_at is null) as workouts,
       (select cycles_listed_at from whoop_member_sync m where m.user_id = $1) as listed_at
from cycle
"""

STORED = "select body from bench.answer where user_id = $1"

app = FastAPI(openapi_url=None)


@app.on_event("startup")
async def open_pools():
    app.state.sahha = await asyncpg.create_pool(os.environ["SAHHA_DSN"], min_size=POOL, max_size=POOL)
    app.state.whoop = await asyncpg.create_pool(os.environ["WHOOP_DSN"], min_size=POOL, max_size=POOL)


@app.get("/ready")
async def ready():
    return {}


def refused(request):
    if request.headers.get("x-api-key") != KEY:
        return Response(b'{"title":"Unauthorized"}', status_code=401, media_type="application/problem+json")
    return None


@app.get("/stored/{user_id}")
async def stored(user_id: str, request: Request):
    answer = refused(request)
    if answer is not None:
        return answer
    async with app.state.sahha.acquire() as connection:
        body = await connection.fetchval(STORED, user_id)
    if body is None:
        return Response(b'{"title":"Not Found"}', status_code=404, media_type="application/problem+json")
    return Response(body, media_type="application/json")


@app.get("/merged/{user_id}")
async def merged(user_id: str, request: Request):
    answer = refused(request)
    if answer is not None:
        return answer
    now = datetime.now(timezone.utc)
    today = now.date()
    async with app.state.sahha.acquire() as connection:
        rows = await connection.fetch(SAHHA_DAY, user_id, today - timedelta(days=1), today + timedelta(days=1))
    async with app.state.whoop.acquire() as connection:
        records = await connection.fetchrow(WHOOP_DAY, user_id, now)
    if not rows and records is None:
        return Response(b'{"title":"Not Found"}', status_code=404, media_type="application/problem+json")
    return Response(json.dumps(overview(user_id, now, rows, records), separators=(",", ":")), media_type="application/json")


def overview(user_id, now, rows, records):
    begun = datetime.now(timezone.utc)
    offset = offset_of(rows, now)
    date = (now + offset).date()
    of_day = [row for row in rows if row["day"] == date]
    sahha = {row["type"]: row for row in of_day if not row["score"]}
    scores = {
        row["type"]: {"value": float(row["value"]), "scale": "0-1", "state": row["state"], "source": "sahha"}
        for row in of_day if row["score"] and row["value"] is not None
    }
    whoop = whoop_of(records)
    values = whoop_values(whoop)
    if whoop:
        scores.update(whoop_scores(whoop))
    metrics = {}
    missing = []
    expected = 0
    for metric in METRICS:
        merged_value = merge(metric, sahha, values)
        if metric[2] and metric[3]:
            expected += 1
            if merged_value is None:
                missing.append({"metric": metric[0], "reason": "not_measured"})
        if merged_value is not None:
            metrics[metric[0]] = merged_value
    names = (["sahha"] if of_day else []) + (["whoop"] if whoop else [])
    return {
        "user_id": user_id,
        "period": "today",
        "date": date.isoformat(),
        "utc_offset": offset_text(offset),
        "generated_at": now.isoformat(),
        "merge_version": 1,
        "data_sources": names,
        "enhanced_with_whoop": bool(whoop),
        "scores": scores,
        "metrics": metrics,
        "workouts": workouts(records, date, offset),
        "whoop": whoop,
        "sources": [
            {"name": "sahha", "status": "ok", "as_of": text(max((row["fetch_begun_at"] for row in rows), default=now)), "coverage": "complete"},
            {"name": "whoop", "status": "ok", "as_of": text(records["listed_at"] if records else now), "coverage": "complete"},
        ],
        "completeness": {"expected": expected, "present": expected - len(missing), "missing": missing},
        "processing_stats": {"merge_time_ms": int((datetime.now(timezone.utc) - begun).total_seconds() * 1000)},
    }


def offset_of(rows, now):
    """Where the member was last seen."""
    newest = None
    for row in rows:
        if row["utc_offset_seconds"] is not None and row["at"] <= now and (newest is None or row["at"] > newest["at"]):
            newest = row
    return timedelta(seconds=newest["utc_offset_seconds"] if newest else 0)


def offset_text(offset):
    minutes = int(offset.total_seconds() // 60)
    return "%s%02d:%02d" % ("-" if minutes < 0 else "+", abs(minutes) // 60, abs(minutes) % 60)


def text(moment):
    return moment.isoformat() if moment is not None else None


def whoop_of(records):
    if records is None:
        return None
    sleeps = json.loads(records["sleeps"] or "[]")
    return {
        "cycle": json.loads(records["cycle"]),
        "recovery": json.loads(records["recovery"]) if records["recovery"] else None,
        "sleep": next((sleep for sleep in sleeps if not sleep["nap"]), None),
        "naps": [sleep for sleep in sleeps if sleep["nap"]],
    }


def whoop_values(whoop):
    if not whoop:
        return {}
    values = {"cycle": whoop["cycle"], "recovery": whoop["recovery"] or {}, "sleep": whoop["sleep"] or {}, "night": {}}
    night = values["night"]
    kilojoule = whoop["cycle"]["kilojoule"]
    if kilojoule is not None:
        night["kcal"] = round(kilojoule / 4.184, 3)
    sleep = whoop["sleep"]
    if sleep and sleep["score_state"] == "SCORED":
        in_bed = sleep["total_in_bed_time_milli"]
        awake = sleep["total_awake_time_milli"]
        night["in_bed"] = in_bed / 60000
        night["awake"] = awake / 60000
        night["asleep"] = (in_bed - awake - sleep["total_no_data_time_milli"]) / 60000
        night["light"] = sleep["total_light_sleep_time_milli"] / 60000
        night["deep"] = sleep["total_slow_wave_sleep_time_milli"] / 60000
        night["rem"] = sleep["total_rem_sleep_time_milli"] / 60000
        night["need"] = (
            sleep["baseline_milli"] + sleep["need_from_sleep_debt_milli"]
            + sleep["need_from_recent_strain_milli"] + sleep["need_from_recent_nap_milli"]
        ) / 60000
    return values


def whoop_scores(whoop):
    scores = {}
    recovery = whoop["recovery"]
    if recovery and recovery["recovery_score"] is not None:
        scores["whoop_recovery"] = {"value": recovery["recovery_score"], "scale": "0-100", "source": "whoop"}
    cycle = whoop["cycle"]
    if cycle["strain"] is not None:
        state = "open" if cycle["end_at"] is None else "closed"
        scores["whoop_strain"] = {"value": cycle["strain"], "scale": "0-21", "state": state, "source": "whoop"}
    sleep = whoop["sleep"]
    if sleep and sleep["sleep_performance_percentage"] is not None:
        scores["whoop_sleep_performance"] = {
            "value": sleep["sleep_performance_percentage"], "scale": "0-100", "source": "whoop"}
    return scores


def sahha_value(row, unit):
    if row is None or row["value"] is None:
        return None
    value = float(row["value"])
    return value * 100 if unit == "percent" and value <= 1 else value


def merge(metric, sahha, values):
    name, unit, of_sahha, of_whoop, kind, agree, conflict, preferred = metric
    found = {}
    value = sahha_value(sahha.get(of_sahha), unit) if of_sahha else None
    if value is not None:
        found["sahha"] = value
    value = values.get(of_whoop[0], {}).get(of_whoop[1]) if of_whoop else None
    if value is not None:
        found["whoop"] = value
    if not found:
        return None
    shown = preferred if preferred in found else next(iter(found))
    return {
        "value": found[shown],
        "unit": unit,
        "source": shown,
        "verdict": verdict(list(found.values()), kind, agree, conflict),
        "others": [{"source": source, "value": other} for source, other in found.items() if source != shown],
    }


def verdict(values, kind, agree, conflict):
    if len(values) == 1:
        return "single"
    low, high = min(values), max(values)
    span = high - low
    if kind == "relative":
        span = span * 100 / (max(abs(low), abs(high)) or 1)
    return "agree" if span <= agree else "minor" if span <= conflict else "conflict"


def workouts(records, date, offset):
    if records is None or not records["workouts"]:
        return []
    found = []
    for workout in json.loads(records["workouts"]):
        start = datetime.fromisoformat(workout["start_at"]) + offset
        if start.date() == date:
            found.append({
                "id": workout["id"],
                "source": "whoop",
                "sport": workout["sport_name"],
                "start": workout["start_at"],
                "end": workout["end_at"],
                "state": workout["score_state"],
                "strain": workout["strain"],
                "energy_kcal": round((workout["kilojoule"] or 0) / 4.184, 3),
                "distance_meter": workout["distance_meter"],
                "average_heart_rate": workout["average_heart_rate"],
                "max_heart_rate": workout["max_heart_rate"],
            })
    return found
