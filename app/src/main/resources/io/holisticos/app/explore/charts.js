// Charts of days, drawn by uPlot. A chart is a slider over its days, so that keys and screen readers have what the mouse has.
"use strict";

const Charts = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const HEIGHT = 190;
  let drawn = [];
  const seconds = date => Date.parse(date + "T00:00:00Z") / 1000;
  const dayAt = seconds => new Date(seconds * 1000).toISOString().slice(0, 10);
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();

  function svg(name, attributes, ...children) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  }

  /** A line of a legend. The sample looks like the line or bar, so that colour never says it alone. */
  function legendOf(series) {
    const list = document.createElement("ul");
    list.className = "legend";
    for (const one of series) {
      const sample = one.bar
        ? svg("svg", {viewBox: "0 0 28 12", "aria-hidden": "true"}, svg("rect", {x: 8, y: 0, width: 12, height: 12, fill: colour(one.colour)}))
        : svg("svg", {viewBox: "0 0 28 12", "aria-hidden": "true"},
            svg("line", {x1: 0, y1: 6, x2: 28, y2: 6, stroke: colour(one.colour), "stroke-width": 2, "stroke-dasharray": (one.dash ?? []).join(" ")}),
            svg("circle", {cx: 14, cy: 6, r: 3, fill: colour(one.colour)}));
      const line = document.createElement("li");
      line.append(sample, one.label);
      list.append(line);
    }
    return list;
  }

  function ringSample(text) {
    const line = document.createElement("li");
    line.append(svg("svg", {viewBox: "0 0 28 12", "aria-hidden": "true"}, svg("circle", {cx: 14, cy: 6, r: 5, fill: "none", stroke: colour("attention"), "stroke-width": 2})), text);
    return line;
  }

  /**
   * A chart in a container.
   *
   * dates: days in order; series: [{label, colour, dash, bar, values}] with a number or null for each day; stacked bars lie on each
   * other, the first on top; conflicts: for each day the value that is contradicted, or null; textOf(day): what the day says;
   * chosen(day): somebody wants to know more.
   */
  function draw(container, {title, dates, series, conflicts, whole, words, dayText, monthText, numberText, textOf, chosen}) {
    const figure = document.createElement("figure");
    figure.className = whole ? "chart whole" : "chart";
    const heading = document.createElement("h3");
    heading.textContent = title;
    const readout = document.createElement("p");
    readout.className = "readout";
    const plot = document.createElement("div");
    plot.className = "plot";
    figure.append(heading, readout);
    container.append(figure);
    const measured = dates.map((_, day) => series.some(one => one.values[day] != null));
    if (!measured.includes(true)) {
      readout.textContent = words("chart.none");
      return;
    }
    const legend = legendOf(series);
    if (conflicts?.some(value => value != null)) legend.append(ringSample(words("chart.conflict")));
    figure.append(plot, legend);
    let day = measured.lastIndexOf(true);

    const heights = series.map((_, at) => dates.map((__, on) => stackedFrom(series, at, on)));
    const options = {
      width: Math.max(200, plot.clientWidth),
      height: HEIGHT,
      legend: {show: false},
      cursor: {y: false, drag: {x: false, y: false}, points: {size: 7}},
      scales: {x: {time: false, range: (_, low, high) => [low - 43200, high + 43200]}},
      axes: [
        dates.length > 100 ? byMonths(dates, monthText) : axis({values: (_, splits) => splits.map(at => at % 86400 === 0 ? dayText(dayAt(at), true) : ""),
          incrs: [1, 2, 3, 7, 14, 30].map(days => days * 86400), space: 58, size: 32}),
        axis({size: 60, values: (_, splits) => splits.map(numberText)}),
      ],
      series: [{}, ...series.map(one => one.bar
        ? {label: one.label, fill: colour(one.colour), paths: uPlot.paths.bars({size: [0.8, 36], gap: 0}), points: {show: false}}
        : {label: one.label, stroke: colour(one.colour), width: 2, dash: one.dash, spanGaps: false, points: {show: dates.length <= 120, size: 6, fill: colour(one.colour)}})],
      hooks: {
        setCursor: [chart => { if (chart.cursor.idx != null && chart.cursor.idx !== day) turnTo(chart.cursor.idx); }],
        draw: [chart => ringed(chart, dates, conflicts)],
      },
    };
    const chart = new uPlot(options, [dates.map(seconds), ...heights], plot);

    function turnTo(next) {
      day = next;
      const text = textOf(day);
      readout.textContent = text;
      plot.setAttribute("aria-valuenow", String(day));
      plot.setAttribute("aria-valuetext", text);
    }
    function moveTo(next) {
      const within = Math.min(Math.max(next, 0), dates.length - 1);
      turnTo(within);
      chart.setCursor({left: chart.valToPos(seconds(dates[within]), "x"), top: 0});
    }
    plot.tabIndex = 0;
    plot.setAttribute("role", "slider");
    plot.setAttribute("aria-label", title + ". " + words("chart.keys"));
    plot.setAttribute("aria-valuemin", "0");
    plot.setAttribute("aria-valuemax", String(dates.length - 1));
    turnTo(day);
    plot.addEventListener("keydown", event => {
      const moves = {ArrowLeft: day - 1, ArrowDown: day - 1, ArrowRight: day + 1, ArrowUp: day + 1, PageDown: day - 7, PageUp: day + 7, Home: 0, End: dates.length - 1};
      if (event.key in moves) {
        event.preventDefault();
        moveTo(moves[event.key]);
      } else if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        chosen(day);
      }
    });
    plot.addEventListener("click", () => chosen(day));
    const watch = new ResizeObserver(() => {
      const width = Math.floor(plot.clientWidth);
      if (width > 0 && width !== chart.width) chart.setSize({width, height: HEIGHT});
    });
    watch.observe(figure);
    drawn.push(() => {
      watch.disconnect();
      chart.destroy();
    });
  }

  /** Lets go of all charts: uPlot keeps each of them, and its values, until it is told. */
  function clear() {
    drawn.forEach(end => end());
    drawn = [];
  }

  /** A long range is read by its months, as many as there is room for, the first with its year. */
  function byMonths(dates, monthText) {
    const starts = dates.filter(date => date.endsWith("-01"));
    return axis({
      splits: chart => {
        const every = [1, 2, 3, 6].find(months => starts.length / months * 52 < chart.width - 70) ?? 12;
        return starts.filter((_, at) => at % every === 0).map(seconds);
      },
      values: (_, splits) => splits.map((at, place) => monthText(dayAt(at), place === 0)),
      size: 32,
    });
  }

  function axis(more) {
    return {stroke: colour("quiet"), grid: {stroke: colour("grid"), width: 1}, ticks: {stroke: colour("grid"), width: 1}, font: "12px sans-serif", ...more};
  }

  /** Of bars the sum of this one and those below it: the tallest is drawn first, and the others over it. */
  function stackedFrom(series, at, day) {
    if (!series[at].bar) return series[at].values[day];
    const parts = series.slice(at).map(one => one.values[day]).filter(value => value != null);
    return parts.length ? parts.reduce((sum, value) => sum + value, 0) : null;
  }

  function ringed(chart, dates, conflicts) {
    if (!conflicts) return;
    const context = chart.ctx;
    context.save();
    context.strokeStyle = colour("attention");
    context.lineWidth = 2 * devicePixelRatio;
    conflicts.forEach((value, day) => {
      if (value == null) return;
      context.beginPath();
      context.arc(chart.valToPos(seconds(dates[day]), "x", true), chart.valToPos(value, "y", true), 7 * devicePixelRatio, 0, 2 * Math.PI);
      context.stroke();
    });
    context.restore();
  }

  return {draw, clear, svg};
})();
