// A member's days as charts or as a table, and what each source has of them.
"use strict";

const Days = (() => {
  const {say, known, nameOf, make, rounded, roundedWithUnit, dayText, monthText, unitOf, unitOfMetric, metricName} = Page;
  const place = id => document.getElementById(id);
  const strip = place("strip").querySelector("div");
  const charts = place("charts");
  const table = place("table").querySelector(".scroll");
  const DASHES = {whoop: [], sahha: [6, 4]};
  let shown = [];
  let ask = {};

  /** asks: {value(metric, date), score(name, title, day)}, called when somebody wants to know more. */
  function draw(days, sources, view, asks) {
    clear();
    shown = days;
    ask = asks;
    drawStrip(sources);
    charts.hidden = view === "table";
    place("table").hidden = view !== "table";
    if (view === "table") drawTable();
    else drawCharts();
  }

  /** Nothing of a member is left on the page. */
  function clear() {
    Charts.clear();
    shown = [];
    [strip, charts, table].forEach(part => part.replaceChildren());
  }

  /** In other colours. */
  function redraw() {
    if (!shown.length || charts.hidden) return;
    Charts.clear();
    charts.replaceChildren();
    drawCharts();
  }

  // Sources

  function hasDataOf(day, source) {
    return Object.values(day.metrics).some(metric => metric.source === source || metric.others.some(other => other.source === source && !other.echo))
      || Object.values(day.scores).some(score => score.source === source);
  }

  function drawStrip(sources) {
    for (const source of sources) {
      const present = shown.map(day => hasDataOf(day, source.name));
      const words = [say("strip.days", {source: nameOf(source.name), status: known("status.", source.status), present: present.filter(Boolean).length, days: shown.length})];
      if (source.as_of) words.push(say("strip.asof", {time: Page.timeText(source.as_of)}));
      if (source.since) words.push(say("strip.since", {time: Page.timeText(source.since)}));
      const cells = Charts.svg("svg", {viewBox: "0 0 " + shown.length + " 10", preserveAspectRatio: "none", role: "img", "aria-label": say("strip.label", {source: nameOf(source.name)})});
      const gap = shown.length > 100 ? 0 : shown.length / 300;
      present.forEach((has, day) => {
        const whole = shown[day].sources.find(one => one.name === source.name)?.coverage !== "partial";
        const height = has ? (whole ? 10 : 6) : 1;
        cells.append(Charts.svg("rect", {class: "cell " + source.name, x: day, y: 10 - height, width: 1 - gap, height}));
      });
      strip.append(make("div", {className: "source"}, make("p", {text: words.join(" ")}), cells));
    }
  }

  // Charts

  function drawCharts() {
    const grid = make("div", {className: "charts"});
    charts.append(grid);
    stages(grid);
    score(grid, "chart.recovery", "whoop_recovery", "whoop");
    score(grid, "chart.readiness", "readiness", "sahha");
    bySource(grid, "hrv.rmssd.sleep");
    bySource(grid, "hrv.sdnn");
    if (shown.some(day => day.metrics["hrv.rmssd"])) bySource(grid, "hrv.rmssd", true);
    bySource(grid, "heart_rate.resting", true);
    score(grid, "chart.strain", "whoop_strain", "whoop");
    bySource(grid, "steps");
    charts.append(workouts());
  }

  const common = () => ({words: say, dayText, monthText, numberText: Page.number, dates: shown.map(day => day.date)});

  /** Deep below REM below light below awake, as nights are drawn. */
  function stages(grid) {
    const days = shown;
    const keys = ["awake", "light", "rem", "deep"];
    Charts.draw(grid, {
      ...common(),
      title: say("chart.sleep") + " (" + unitOf("minute") + ")",
      whole: true,
      series: keys.map(key => ({label: metricName("sleep." + key), colour: key, bar: true, values: days.map(day => day.metrics["sleep." + key]?.value ?? null)})),
      textOf: at => pointText(days[at], keys.filter(key => days[at].metrics["sleep." + key])
        .map(key => metricName("sleep." + key) + " " + roundedWithUnit(days[at].metrics["sleep." + key].value, "minute"))),
      chosen: at => ask.value("sleep.duration", days[at].date),
    });
  }

  function score(grid, title, name, source) {
    const days = shown;
    Charts.draw(grid, {
      ...common(),
      title: say(title),
      series: [lineOf(source, days.map(day => day.scores[name]?.value ?? null))],
      textOf: at => pointText(days[at], days[at].scores[name] ? [rounded(days[at].scores[name].value)] : []),
      chosen: at => ask.score(name, say(title), days[at]),
    });
  }

  /** A line for each source: values of two sources are never joined to one. */
  function bySource(grid, key, whole = false) {
    const days = shown;
    const unit = unitOfMetric(key);
    const valuesOf = day => {
      const metric = day.metrics[key];
      return metric ? [metric, ...metric.others.filter(other => !other.metric)] : [];
    };
    const sources = [...new Set(days.flatMap(valuesOf).map(value => value.source))].sort().reverse();
    Charts.draw(grid, {
      ...common(),
      whole,
      title: withUnitName(metricName(key), unit),
      series: sources.map(source => lineOf(source, days.map(day => valuesOf(day).find(value => value.source === source)?.value ?? null))),
      conflicts: days.map(day => day.metrics[key]?.verdict === "conflict" ? day.metrics[key].value : null),
      textOf: at => pointText(days[at], valuesOf(days[at]).map(value => roundedWithUnit(value.value, unit) + " (" + nameOf(value.source) + ")")),
      chosen: at => ask.value(key, days[at].date),
    });
  }

  const lineOf = (source, values) => ({label: nameOf(source), colour: source in DASHES ? source : "accent", dash: DASHES[source] ?? [2, 3], values});
  const withUnitName = (name, unit) => unitOf(unit) ? name + " (" + unitOf(unit) + ")" : name;

  function pointText(day, values) {
    const date = dayText(day.date);
    return values.length ? say("chart.point", {date, values: values.join(", ")}) : say("chart.absent", {date});
  }

  // Workouts

  function workouts() {
    const all = shown.flatMap((day, at) => day.workouts.map(workout => ({...workout, date: day.date, at})));
    const section = make("section", {className: "workouts"}, make("h2", {text: say("workouts.title")}));
    if (!all.length) {
      section.append(make("p", {className: "quiet", text: say("chart.none")}));
      return section;
    }
    const picture = Charts.svg("svg", {viewBox: "0 0 " + shown.length + " 24", preserveAspectRatio: "none", role: "img", "aria-label": say("workouts.label", {count: all.length})});
    for (const hour of [0, 6, 12, 18, 24]) picture.append(Charts.svg("line", {x1: 0, x2: shown.length, y1: hour, y2: hour, "vector-effect": "non-scaling-stroke"}));
    for (const workout of all) {
      const from = hours(workout.start);
      const until = Math.min(24, from + (Date.parse(workout.end) - Date.parse(workout.start)) / 3600000);
      picture.append(Charts.svg("rect", {class: "cell " + workout.source, x: workout.at + 0.1, width: 0.8, y: from, height: Math.max(until - from, 0.3)}));
    }
    const clocks = make("div", {className: "clocks", "aria-hidden": "true"}, ...["0:00", "6:00", "12:00", "18:00", "24:00"].map(text => make("span", {text})));
    const last = shown[shown.length - 1];
    const ofOneYear = shown[0].date.slice(0, 4) === last.date.slice(0, 4);
    const ends = make("div", {className: "ends", "aria-hidden": "true"}, ...[shown[0], last].map(day => make("span", {text: dayText(day.date, ofOneYear)})));
    section.append(make("div", {className: "timeline"}, clocks, picture, ends),
      make("details", {}, make("summary", {text: say("workouts.list", {count: all.length})}), make("ul", {}, ...all.map(workoutLine))));
    return section;
  }

  function workoutLine(workout) {
    const parts = [say("workouts.one", {date: dayText(workout.date), start: Page.clock(workout.start), end: Page.clock(workout.end), sport: workout.sport, source: nameOf(workout.source)})];
    if (workout.strain != null) parts.push(say("workouts.strain", {strain: Page.number(workout.strain)}));
    if (workout.energy_kcal != null) parts.push(say("workouts.energy", {energy: Page.number(workout.energy_kcal)}));
    return make("li", {text: parts.join(" · "), dir: "auto"});
  }

  const hours = moment => Number(moment.slice(11, 13)) + Number(moment.slice(14, 16)) / 60;

  // Table

  function drawTable() {
    const columns = Page.metrics.filter(metric => shown.some(day => day.metrics[metric.key]));
    const head = make("tr", {}, make("th", {text: say("table.day"), scope: "col"}),
      ...columns.map(metric => make("th", {text: withUnitName(metricName(metric.key), metric.unit), scope: "col"})));
    const rows = [...shown].reverse().map(day => make("tr", {}, make("th", {text: dayText(day.date), scope: "row"}), ...columns.map(metric => cell(day, metric))));
    table.append(make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
  }

  function cell(day, metric) {
    const value = day.metrics[metric.key];
    if (!value) return make("td");
    const label = {metric: metricName(metric.key), date: dayText(day.date), value: rounded(value.value), unit: unitOf(metric.unit), source: nameOf(value.source)};
    const button = make("button", {type: "button", text: rounded(value.value), "aria-label": say("table.explain", label)});
    button.addEventListener("click", () => ask.value(metric.key, day.date));
    const source = make("small", {text: nameOf(value.source) + (value.verdict === "conflict" ? " ≠" : "")});
    if (value.verdict === "conflict") source.className = "conflict";
    return make("td", {}, button, source);
  }

  return {draw, redraw, clear};
})();
