// The health explorer. It asks the same routes as every other client, and shows what they answer; it works nothing out itself.
"use strict";

(() => {
  const $ = id => document.getElementById(id);
  const root = document.body.dataset.root;
  const language = document.documentElement.lang;
  const texts = new Map([...$("words").content.children].map(word => [word.dataset.word, word.textContent]));
  const metrics = [...$("metrics").content.children].map(metric => ({...metric.dataset}));
  const units = new Map(metrics.map(metric => [metric.key, metric.unit]));
  const families = [...$("families").content.children].map(family => family.dataset.key);
  const SOURCES = {sahha: "Sahha", whoop: "WHOOP"};
  const DASHES = [[], [6, 4], [2, 3]];
  const API = "/api/v1/unified-health/";

  const state = {member: null, own: false, days: 30, to: "", view: "charts"};
  let shown = [];
  let tried = null;
  let asked = 0;

  // Words

  function say(key, values = {}) {
    const text = texts.get(key);
    return text === undefined ? key : text.replace(/\{([a-z]+)\}/g, (whole, name) => values[name] ?? whole);
  }
  const known = (beginning, name) => texts.get(beginning + name) ?? name;
  const nameOf = source => SOURCES[source] ?? source;
  const metricName = key => known("metric.", key);
  const unitOf = unit => unit === "count" ? "" : known("unit.", unit);
  const number = value => new Intl.NumberFormat(language, {maximumFractionDigits: 3}).format(value);
  const rounded = value => new Intl.NumberFormat(language, {maximumFractionDigits: Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0}).format(value);
  const roundedWithUnit = (value, unit) => (rounded(value) + " " + unitOf(unit)).trim();
  const withUnit = (value, unit) => (number(value) + " " + unitOf(unit)).trim();
  const dayText = (date, short) => new Intl.DateTimeFormat(language, short
    ? {day: "numeric", month: "short", timeZone: "UTC"}
    : {day: "numeric", month: "short", year: "numeric", timeZone: "UTC"}).format(new Date(date + "T00:00:00Z"));
  const timeText = instant => new Intl.DateTimeFormat(language, {dateStyle: "medium", timeStyle: "short"}).format(new Date(instant));
  const clock = moment => moment.slice(11, 16); // as the clock on the wall showed it, by the record's own offset

  // Elements

  function make(tag, {text, className, ...attributes} = {}, ...children) {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  function tell(text, {kind = "", again} = {}) {
    const place = $("status");
    place.className = ("notice " + kind).trim();
    place.hidden = false;
    place.querySelector("p").textContent = text;
    const button = place.querySelector("button");
    button.hidden = !again;
    button.onclick = again ?? null;
  }

  // Asking

  class Refusal extends Error {
    constructor(status, problem) {
      super("status " + status);
      this.status = status;
      this.problem = problem;
    }
  }

  async function ask(path, {method = "GET", headers = {}, body} = {}) {
    const sent = {Accept: "application/json, application/problem+json", ...headers};
    if (method !== "GET") sent["X-Requested-With"] = "explore";
    if (body !== undefined) sent["Content-Type"] = "application/json";
    const answer = await fetch(root + path, {method, headers: sent, body: body === undefined ? undefined : JSON.stringify(body), credentials: "same-origin"});
    const text = await answer.text();
    let json = null;
    try {
      json = text ? JSON.parse(text) : null;
    } catch {
      if (answer.ok) throw new Refusal(502, null);
    }
    if (!answer.ok) throw new Refusal(answer.status, json);
    return json;
  }

  const member = () => encodeURIComponent(state.member);

  function failed(error, again) {
    if (!(error instanceof Refusal)) {
      tell(say("failed.network"), {kind: "attention", again});
    } else if (error.status === 401) {
      signedOut(say("failed.session"));
    } else if (error.status === 404) {
      tell(say("failed.unknown"), {kind: "attention"});
    } else if (error.status === 403) {
      tell(say("failed.forbidden"), {kind: "attention"});
    } else if (error.status === 429) {
      tell(say("failed.many", {seconds: error.problem?.retry_after_seconds ?? 60}), {kind: "attention", again});
    } else if (error.status < 500) {
      tell(say("failed.invalid", {detail: error.problem?.detail ?? "HTTP " + error.status}), {kind: "attention"});
    } else {
      tell(say("failed.service"), {kind: "attention", again});
    }
  }

  // Session

  function signedOut(text) {
    $("explorer").hidden = true;
    $("sign-in").hidden = false;
    if (text) tell(text, {kind: "attention"});
    $("credential").focus();
  }

  async function signIn(event) {
    event.preventDefault();
    const credential = $("credential").value.trim();
    try {
      const session = await ask("/session", {method: "POST", headers: {Authorization: "Bearer " + credential}});
      $("credential").value = "";
      signedIn(session.user_id ?? null);
    } catch (error) {
      if (error instanceof Refusal && error.status < 500 && error.status !== 429) tell(say("signin.refused"), {kind: "attention"});
      else failed(error);
      $("credential").focus();
    }
  }

  function signedIn(own) {
    $("sign-in").hidden = true;
    $("explorer").hidden = false;
    state.own = own !== null;
    if (own !== null) state.member = own;
    $("member-field").hidden = state.own;
    $("member").required = !state.own;
    fill();
    if (state.member) {
      show();
    } else {
      tell(say("ask.who"));
      $("member").focus();
    }
  }

  async function signOut() {
    try {
      await ask("/session", {method: "DELETE"});
    } catch (error) {
      if (!(error instanceof Refusal && error.status === 401)) return failed(error);
    }
    $("status").hidden = true;
    signedOut("");
  }

  // What is asked for

  function fill() {
    $("member").value = state.member ?? "";
    $("days").value = String(state.days);
    $("to").value = state.to;
    $("view").value = state.view;
  }

  function fromAddress() {
    const wanted = new URLSearchParams(location.search);
    state.member = wanted.get("user") || null;
    state.days = [7, 30, 90, 366].find(days => String(days) === wanted.get("days")) ?? 30;
    state.to = /^\d{4}-\d\d-\d\d$/.test(wanted.get("to") ?? "") ? wanted.get("to") : "";
    state.view = wanted.get("view") === "table" ? "table" : "charts";
    const metric = wanted.get("metric");
    const date = wanted.get("date");
    return units.has(metric) && /^\d{4}-\d\d-\d\d$/.test(date ?? "") ? {metric, date} : null;
  }

  function toAddress(more = {}) {
    const wanted = new URLSearchParams({user: state.member ?? "", days: String(state.days), ...(state.to ? {to: state.to} : {}), view: state.view, ...more});
    history.replaceState(null, "", location.pathname + "?" + wanted);
  }

  function before(date, days) {
    return new Date(Date.parse(date + "T00:00:00Z") - days * 86400000).toISOString().slice(0, 10);
  }

  async function show() {
    const mine = ++asked;
    toAddress();
    tell(say("explore.loading", {days: state.days}));
    try {
      const to = state.to || (await ask(API + "overview/" + member() + "?period=today")).date;
      const [days, sources] = await Promise.all([
        ask(API + "days/" + member() + "?from=" + before(to, state.days - 1) + "&to=" + to),
        ask(API + "sources/" + member()),
      ]);
      if (mine !== asked) return; // somebody has asked for something else since
      shown = days;
      draw(sources.sources);
      tell(say("explore.shown", {days: days.length, to: dayText(to)}));
      await preferences();
    } catch (error) {
      if (mine === asked) failed(error, show);
    }
  }

  function draw(sources) {
    strip(sources);
    const table = state.view === "table";
    $("charts").hidden = table;
    $("table").hidden = !table;
    if (table) drawTable();
    else drawCharts();
  }

  // Sources

  function hasDataOf(day, source) {
    return Object.values(day.metrics).some(metric => metric.source === source || metric.others.some(other => other.source === source && !other.echo))
      || Object.values(day.scores).some(score => score.source === source);
  }

  function strip(sources) {
    const place = $("strip").querySelector("div");
    place.replaceChildren();
    for (const source of sources) {
      const present = shown.map(day => hasDataOf(day, source.name));
      const words = [say("strip.days", {source: nameOf(source.name), status: known("status.", source.status), present: present.filter(Boolean).length, days: shown.length})];
      if (source.as_of) words.push(say("strip.asof", {time: timeText(source.as_of)}));
      if (source.since) words.push(say("strip.since", {time: timeText(source.since)}));
      const cells = Charts.svg("svg", {viewBox: "0 0 " + shown.length + " 10", preserveAspectRatio: "none", role: "img", "aria-label": say("strip.label", {source: nameOf(source.name)})});
      present.forEach((has, day) => {
        const whole = shown[day].sources.find(one => one.name === source.name)?.coverage !== "partial";
        const height = has ? (whole ? 10 : 6) : 1;
        cells.append(Charts.svg("rect", {class: "cell " + source.name, x: day + 0.08, y: 10 - height, width: 0.84, height}));
      });
      place.append(make("div", {className: "source"}, make("p", {text: words.join(" ")}), cells));
    }
  }

  // Charts

  function drawCharts() {
    const place = $("charts");
    place.replaceChildren();
    const grid = make("div", {className: "charts"});
    place.append(grid);
    stages(grid);
    score(grid, "chart.recovery", "whoop_recovery", "whoop");
    score(grid, "chart.readiness", "readiness", "sahha");
    bySource(grid, "hrv.rmssd.sleep");
    bySource(grid, "hrv.sdnn");
    if (shown.some(day => day.metrics["hrv.rmssd"])) bySource(grid, "hrv.rmssd", true);
    bySource(grid, "heart_rate.resting", true);
    score(grid, "chart.strain", "whoop_strain", "whoop");
    bySource(grid, "steps");
    workouts(place);
  }

  const common = () => ({words: say, dayText, numberText: number, dates: shown.map(day => day.date)});

  /** Deep below REM below light below awake, as nights are drawn. */
  function stages(grid) {
    const keys = ["awake", "light", "rem", "deep"];
    Charts.draw(grid, {
      ...common(),
      title: say("chart.sleep") + " (" + unitOf("minute") + ")",
      whole: true,
      series: keys.map(key => ({label: metricName("sleep." + key), colour: key, bar: true, values: shown.map(day => day.metrics["sleep." + key]?.value ?? null)})),
      textOf: at => pointText(at, keys.filter(key => shown[at].metrics["sleep." + key])
        .map(key => metricName("sleep." + key) + " " + roundedWithUnit(shown[at].metrics["sleep." + key].value, "minute"))),
      chosen: at => explain("sleep.duration", shown[at].date),
    });
  }

  function score(grid, title, name, source) {
    Charts.draw(grid, {
      ...common(),
      title: say(title),
      series: [{label: nameOf(source), colour: source, dash: DASHES[source === "whoop" ? 0 : 1], values: shown.map(day => day.scores[name]?.value ?? null)}],
      textOf: at => pointText(at, shown[at].scores[name] ? [number(shown[at].scores[name].value)] : []),
      chosen: at => explainScore(say(title), name, shown[at]),
    });
  }

  /** A line for each source: values of two sources are never joined to one. */
  function bySource(grid, key, whole = false) {
    const valuesOf = day => {
      const metric = day.metrics[key];
      return metric ? [metric, ...metric.others.filter(other => !other.metric)] : [];
    };
    const sources = [...new Set(shown.flatMap(valuesOf).map(value => value.source))].sort().reverse();
    Charts.draw(grid, {
      ...common(),
      whole,
      title: metricName(key) + (unitOf(units.get(key)) ? " (" + unitOf(units.get(key)) + ")" : ""),
      series: sources.map((source, at) => ({
        label: nameOf(source), colour: source in SOURCES ? source : "accent", dash: DASHES[at % DASHES.length],
        values: shown.map(day => valuesOf(day).find(value => value.source === source)?.value ?? null),
      })),
      conflicts: shown.map(day => day.metrics[key]?.verdict === "conflict" ? day.metrics[key].value : null),
      textOf: at => pointText(at, valuesOf(shown[at]).map(value => roundedWithUnit(value.value, units.get(key)) + " (" + nameOf(value.source) + ")")),
      chosen: at => explain(key, shown[at].date),
    });
  }

  function pointText(at, values) {
    const date = dayText(shown[at].date);
    return values.length ? say("chart.point", {date, values: values.join(", ")}) : say("chart.absent", {date});
  }

  function workouts(place) {
    const all = shown.flatMap((day, at) => day.workouts.map(workout => ({...workout, date: day.date, at})));
    const section = make("section", {className: "workouts"}, make("h2", {text: say("workouts.title")}));
    place.append(section);
    if (!all.length) {
      section.append(make("p", {className: "quiet", text: say("chart.none")}));
      return;
    }
    const picture = Charts.svg("svg", {viewBox: "0 0 " + shown.length + " 24", preserveAspectRatio: "none", role: "img", "aria-label": say("workouts.label", {count: all.length})});
    for (const hour of [0, 6, 12, 18, 24]) picture.append(Charts.svg("line", {x1: 0, x2: shown.length, y1: hour, y2: hour, "vector-effect": "non-scaling-stroke"}));
    for (const workout of all) {
      const from = hours(workout.start);
      const until = Math.min(24, from + (Date.parse(workout.end) - Date.parse(workout.start)) / 3600000);
      picture.append(Charts.svg("rect", {class: "cell " + workout.source, x: workout.at + 0.1, width: 0.8, y: from, height: Math.max(until - from, 0.3)}));
    }
    const clocks = make("div", {className: "clocks", "aria-hidden": "true"}, ...["0:00", "6:00", "12:00", "18:00", "24:00"].map(text => make("span", {text})));
    const ends = make("div", {className: "ends", "aria-hidden": "true"}, make("span", {text: dayText(shown[0].date, true)}), make("span", {text: dayText(shown[shown.length - 1].date, true)}));
    const list = make("ul", {}, ...all.map(workout => {
      const parts = [say("workouts.one", {date: dayText(workout.date), start: clock(workout.start), end: clock(workout.end), sport: workout.sport, source: nameOf(workout.source)})];
      if (workout.strain != null) parts.push(say("workouts.strain", {strain: number(workout.strain)}));
      if (workout.energy_kcal != null) parts.push(say("workouts.energy", {energy: number(workout.energy_kcal)}));
      return make("li", {text: parts.join(" · "), dir: "auto"});
    }));
    section.append(make("div", {className: "timeline"}, clocks, picture, ends), make("details", {}, make("summary", {text: say("workouts.list", {count: all.length})}), list));
  }

  const hours = moment => Number(moment.slice(11, 13)) + Number(moment.slice(14, 16)) / 60;

  // Table

  function drawTable() {
    const columns = metrics.filter(metric => shown.some(day => day.metrics[metric.key]));
    const head = make("tr", {}, make("th", {text: say("table.day"), scope: "col"}),
      ...columns.map(metric => make("th", {text: metricName(metric.key) + (unitOf(metric.unit) ? " (" + unitOf(metric.unit) + ")" : ""), scope: "col"})));
    const rows = [...shown].reverse().map(day => make("tr", {}, make("th", {text: dayText(day.date), scope: "row"}),
      ...columns.map(metric => cell(day, metric))));
    $("table").querySelector(".scroll").replaceChildren(make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
  }

  function cell(day, metric) {
    const value = day.metrics[metric.key];
    if (!value) return make("td");
    const button = make("button", {
      type: "button",
      text: rounded(value.value),
      "aria-label": say("table.explain", {metric: metricName(metric.key), date: dayText(day.date), value: number(value.value), unit: unitOf(metric.unit), source: nameOf(value.source)}),
    });
    button.addEventListener("click", () => explain(metric.key, day.date));
    const source = make("small", {text: nameOf(value.source) + (value.verdict === "conflict" ? " ≠" : "")});
    if (value.verdict === "conflict") source.className = "conflict";
    return make("td", {}, button, source);
  }

  // Why a value is what it is

  function open(title, ...content) {
    $("why-title").textContent = title;
    $("why").querySelector("div").replaceChildren(...content);
    if (!$("why").open) $("why").showModal();
  }

  function explainScore(title, name, day) {
    const value = day.scores[name];
    if (!value) {
      const reason = day.completeness.missing.find(one => one.metric === name)?.reason ?? "not_provided";
      open(say("why.title", {metric: title, date: dayText(day.date)}), make("p", {text: say("why.missing", {reason: known("reason.", reason)})}));
      return;
    }
    const parts = [make("p", {text: say("why.score", {value: number(value.value), scale: value.scale, source: nameOf(value.source)})})];
    if (value.state) parts.push(make("p", {text: say("why.state", {source: nameOf(value.source), state: value.state})}));
    open(say("why.title", {metric: title, date: dayText(day.date)}), ...parts);
  }

  async function explain(metric, date) {
    const path = API + "explain/" + member() + "?metric=" + encodeURIComponent(metric) + "&date=" + date;
    try {
      const why = await ask(path);
      toAddress({metric, date});
      open(say("why.title", {metric: metricName(metric), date: dayText(date)}), ...reasons(why, path));
    } catch (error) {
      failed(error, () => explain(metric, date));
    }
  }

  function reasons(why, path) {
    const parts = [];
    if (why.value == null) {
      parts.push(make("p", {text: say("why.missing", {reason: known("reason.", why.missing)})}));
    } else {
      const within = bound => why.tolerance.kind === "relative" ? number(bound) + " %" : withUnit(bound, why.unit);
      parts.push(
        make("p", {className: "value", text: say("why.from", {value: number(why.value), unit: unitOf(why.unit), source: nameOf(why.source)}).replace(/ {2,}/g, " ")}),
        make("p", {text: say("why.verdict." + why.verdict, {agree: within(why.tolerance.agree), conflict: within(why.tolerance.conflict)})}),
        make("p", {className: "quiet", text: say("why.rule", {rule: why.rule})}));
    }
    if (why.candidates.length) parts.push(make("h3", {text: say("why.candidates")}), candidates(why));
    if (why.would_have_won.length) {
      parts.push(make("h3", {text: say("why.others")}), make("ul", {}, ...why.would_have_won.map(other => make("li", {
        text: say("why.other", {order: other.order.map(nameOf).join(", "), value: withUnit(other.value, why.unit), source: nameOf(other.source)}),
      }))));
    }
    parts.push(make("p", {className: "quiet"}, make("a", {href: root + path, text: say("why.json")})));
    return parts;
  }

  function candidates(why) {
    const head = ["source", "value", "measured", "known", "result"].map(name => make("th", {text: say("why." + name), scope: "col"}));
    const rows = why.candidates.map(one => {
      const results = one.gates.filter(gate => !gate.passed).map(gate => gate.why ?? say("why.gate", {gate: gate.gate}));
      if (one.echo) results.splice(0, results.length, say("why.echo", {source: nameOf(one.echo_of)}));
      else if (one.lost_because && !results.includes(one.lost_because)) results.push(one.lost_because);
      return make("tr", {},
        make("th", {text: nameOf(one.source), scope: "row"}),
        make("td", {text: one.value == null ? say("why.partial") : withUnit(one.value, why.unit)}),
        make("td", {text: [one.start, one.end].filter(Boolean).map(moment => moment.slice(0, 10) + " " + clock(moment)).join(" – ")}),
        make("td", {text: one.recorded_at ? timeText(one.recorded_at) : ""}),
        make("td", {text: results.length ? results.join(". ") : say("why.shown"), ...(one.lost_because && !one.echo ? {lang: "en"} : {})}));
    });
    return make("div", {className: "scroll", tabindex: "0", role: "region", "aria-label": say("why.candidates")},
      make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)));
  }

  // Preferences

  /** All orders of the sources, each with the first one first. */
  function orders(names) {
    return names.length < 2 ? [names] : names.flatMap(first => orders(names.filter(name => name !== first)).map(rest => [first, ...rest]));
  }

  const orderText = order => order.map(nameOf).join(", ");

  function choice(id, label, possible, chosen, usual) {
    const select = make("select", {id});
    if (usual) select.append(make("option", {value: "", text: say("prefs.usual")}));
    for (const order of possible) select.append(make("option", {value: order.join(","), text: orderText(order)}));
    select.value = (chosen ?? []).join(",");
    return make("span", {className: "field"}, make("label", {for: id, text: label}), select);
  }

  async function preferences() {
    const form = $("preferences").querySelector("form");
    const now = await ask(API + "preferences/" + member());
    const possible = orders([...new Set([...now.order, ...shown.flatMap(day => day.sources.map(source => source.name))])]);
    const byMetric = make("div", {}, ...metrics.map(metric => choice("order-of-" + metric.key, metricName(metric.key), possible, now.by_metric[metric.key], true)));
    const attempt = make("button", {className: "small", text: say("prefs.try")});
    const save = make("button", {className: "small", type: "button", id: "save", text: say("prefs.save"), "aria-describedby": "save-first"});
    form.replaceChildren(
      choice("order", say("prefs.general"), possible, now.order, !now.order.length),
      ...families.map(family => choice("order-in-" + family, known("family.", family), possible, now.by_family[family], true)),
      make("details", {}, make("summary", {text: say("prefs.metrics")}), byMetric),
      make("div", {className: "buttons"}, attempt, save),
      make("p", {className: "quiet", id: "save-first", text: say("prefs.first")}));
    $("difference").replaceChildren();
    tried = null;
    save.disabled = true;
    form.onchange = () => { save.disabled = JSON.stringify(wanted()) !== tried; };
    form.onsubmit = event => { event.preventDefault(); attempted(); };
    save.onclick = saved;
  }

  function wanted() {
    const orderOf = id => $(id).value.split(",").filter(Boolean);
    const chosen = (beginning, names) => Object.fromEntries(names.map(name => [name, orderOf(beginning + name)]).filter(([, order]) => order.length));
    return {order: orderOf("order"), by_family: chosen("order-in-", families), by_metric: chosen("order-of-", metrics.map(metric => metric.key))};
  }

  async function attempted() {
    const body = wanted();
    try {
      const trial = await ask(API + "preferences/" + member() + "?dry_run=true", {method: "PUT", body});
      tried = JSON.stringify(body);
      $("save").disabled = false;
      difference(trial);
    } catch (error) {
      failed(error, attempted);
    }
  }

  function difference(trial) {
    const range = {from: dayText(trial.from), to: dayText(trial.to)};
    const rows = trial.days.flatMap(day => [
      ...day.changes.map(change => [day.date, metricName(change.metric), value(change.before, change.unit), value(change.after, change.unit)]),
      ...(day.workouts ?? []).map(change => [day.date, say("prefs.workout"), workoutText(change.before), workoutText(change.after)]),
      ...(day.missing ?? []).map(change => [day.date, metricName(change.metric), known("reason.", change.before), known("reason.", change.after)]),
    ]);
    if (!rows.length) {
      $("difference").replaceChildren(make("p", {text: say("prefs.nothing", range)}));
      return;
    }
    const head = [say("table.day"), say("prefs.metric"), say("prefs.before"), say("prefs.after")].map(text => make("th", {text, scope: "col"}));
    const body = rows.map(([date, ...cells]) => make("tr", {}, make("th", {text: dayText(date), scope: "row"}), ...cells.map(text => make("td", {text}))));
    $("difference").replaceChildren(
      make("p", {text: say("prefs.changes", {...range, values: rows.length, days: trial.days.length})}),
      make("div", {className: "scroll", tabindex: "0", role: "region", "aria-label": say("prefs.try")},
        make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body))));
  }

  const value = (side, unit) => withUnit(side.value, unit) + " (" + nameOf(side.source) + ")";
  const workoutText = workout => workout ? nameOf(workout.source) : say("prefs.elsewhere");

  async function saved() {
    try {
      await ask(API + "preferences/" + member(), {method: "PUT", body: JSON.parse(tried)});
      await show();
      tell(say("prefs.saved"), {kind: "done"});
    } catch (error) {
      failed(error, saved);
    }
  }

  // From the start

  async function begin() {
    const wantedReason = fromAddress();
    $("sign-in").querySelector("form").addEventListener("submit", signIn);
    $("sign-out").addEventListener("click", signOut);
    $("asking").addEventListener("submit", event => {
      event.preventDefault();
      if (!state.own) state.member = $("member").value.trim();
      state.to = $("to").value;
      state.days = Number($("days").value);
      state.view = $("view").value;
      show();
    });
    $("why").addEventListener("close", () => toAddress());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { if (shown.length && state.view === "charts") drawCharts(); });
    if ($("explorer").dataset.session === "none") {
      signedOut("");
      return;
    }
    try {
      signedIn((await ask("/session")).user_id ?? null);
      if (wantedReason && state.member) explain(wantedReason.metric, wantedReason.date);
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) signedOut("");
      else failed(error, begin);
    }
  }

  begin();
})();
