// What a page of figures and tables can do beyond being read: values of curves, larger figures, tables sorted and copied.
// The page is complete without it, and every control is made here.
"use strict";
{
  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const button = (text, onclick) => make("button", { type: "button", textContent: text, onclick });

  // Tables

  /** What a cell sorts by: a number, words, or null for what is not there. "≥ 22.1" comes after 22.1, "< 0.1" before 0.1. */
  const keyOf = (cell) => {
    const text = (cell?.dataset.sort ?? cell?.textContent ?? "").trim().replaceAll("−", "-");
    if (["", "–", "-", "never", "open"].includes(text)) return null;
    if (text === "after the end") return Infinity;
    const found = /^([<>≤≥])?\s*([+-]?\d[\d,]*\.?\d*(?:e[+-]?\d+)?)/i.exec(text);
    if (!found) return text;
    const number = Number(found[2].replaceAll(",", ""));
    const nudge = { "<": -1, ">": 1, "≥": 1 }[found[1]] ?? 0;
    return number + nudge * 1e-9 * Math.max(1, Math.abs(number));
  };

  /** Numbers first, then words; what is not there stands last in either direction. */
  const compare = (a, b, direction) => {
    if (a === null || b === null) return (a === null) - (b === null);
    if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
    const order = typeof a === "number" ? Math.sign(a - b) || 0 : a.localeCompare(b, "en", { numeric: true });
    return direction * order;
  };

  const NEXT = { none: "ascending", ascending: "descending", descending: "none" };

  const sortBy = (table, column, order) => {
    for (const head of table.tHead.rows[0].cells) head.removeAttribute("aria-sort");
    if (order !== "none") table.tHead.rows[0].cells[column].setAttribute("aria-sort", order);
    for (const body of table.tBodies) {
      body.written ??= [...body.rows];
      const keyed = body.written.map((row) => ({ row, key: keyOf(row.cells[column]) }));
      const direction = order === "descending" ? -1 : 1;
      if (order !== "none") keyed.sort((a, b) => compare(a.key, b.key, direction));
      body.append(...keyed.map(({ row }) => row));
    }
  };

  const isGrid = (table) =>
    table.tHead?.rows.length === 1 &&
    [...table.rows].every((row) => [...row.cells].every((cell) => cell.colSpan === 1 && cell.rowSpan === 1));

  const makeSortable = (table) => {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      if (head.textContent.trim() === "") return;
      const sort = button("", () => sortBy(table, column, NEXT[head.getAttribute("aria-sort") ?? "none"]));
      sort.className = "sort";
      sort.append(...head.childNodes);
      head.append(sort);
    });
  };

  const asText = (table) => {
    const cell = (cell) => cell.textContent.trim().replace(/\s+/g, " ");
    return [...table.rows].map((row) => [...row.cells].map(cell).join("\t")).join("\n") + "\n";
  };

  /** Whether the text is in the clipboard; older browsers have only the command, and a page from a file may have neither. */
  const toClipboard = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const area = make("textarea", { value: text });
      document.body.append(area);
      area.select();
      const copied = document.execCommand("copy");
      area.remove();
      return copied;
    }
  };

  const makeCopyable = (table) => {
    const told = make("span", { role: "status" });
    const copy = button("Copy table", async () => {
      const copied = await toClipboard(asText(table));
      if (!copied) getSelection().selectAllChildren(table);
      copy.focus();
      told.textContent = copied ? `copied, ${table.rows.length} rows` : "selected: copy with Ctrl+C or ⌘C";
    });
    (table.closest(".scroll") ?? table).after(make("div", { className: "tools" }, copy, told));
  };

  for (const table of document.querySelectorAll("table")) {
    const rows = [...table.tBodies].reduce((sum, body) => sum + body.rows.length, 0);
    if (rows > 2 && isGrid(table)) makeSortable(table);
    makeCopyable(table);
  }

  // Values of curves

  /** Where on an axis a value lies, 0 to 1, and the value there. */
  const share = (axis, value) =>
    axis.log ? Math.log(value / axis.low) / Math.log(axis.high / axis.low) : (value - axis.low) / (axis.high - axis.low);
  const valueAt = (axis, share) =>
    axis.log ? axis.low * (axis.high / axis.low) ** share : axis.low + share * (axis.high - axis.low);

  /** A round step that an axis can show. */
  const stepOf = (axis) => 10 ** Math.floor(Math.log10((axis.high - axis.low) / 150));

  /** To a fraction of the axis: fixed decimals on a linear one, three digits on a logarithmic one. */
  const written = (value, axis, fraction = (axis.high - axis.low) / 1000) => {
    if (value === null) return "–";
    const decimals = Math.max(0, Math.ceil(-Math.log10(fraction) - 1e-9));
    const text = axis.log ? String(Number(value.toPrecision(3))) : value.toFixed(decimals);
    return text.replace("-", "−");
  };

  /** The value of a curve at x, by straight lines between the points drawn; null where there is none. */
  const interpolate = (xs, ys, x) => {
    const after = xs.findIndex((at) => at >= x - 1e-9);
    if (after < 0 || (after === 0 && xs[0] > x + 1e-9)) return null;
    if (Math.abs(xs[after] - x) < 1e-9 || after === 0) return ys[after];
    if (ys[after - 1] === null || ys[after] === null) return null;
    const along = (x - xs[after - 1]) / (xs[after] - xs[after - 1]);
    return ys[after - 1] + along * (ys[after] - ys[after - 1]);
  };

  const drawn = (name, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  /** A reader of one figure: shows the values at a place and hides them. */
  class Reader {
    constructor(svg) {
      this.svg = svg;
      ({ grids: this.grids, panels: this.panels } = JSON.parse(svg.querySelector("metadata").textContent));
      this.marks = drawn("g", { "aria-hidden": "true" });
      this.told = make("div", { className: "readout", role: "status" });
      this.panel = this.panels.at(-1);
      this.x = null;
      svg.append(this.marks);
      svg.after(this.told);
      svg.setAttribute("tabindex", "0");
      svg.addEventListener("pointermove", (event) => this.follow(event));
      svg.addEventListener("pointerdown", (event) => this.follow(event));
      svg.addEventListener("pointerleave", () => this.hide());
      svg.addEventListener("blur", () => this.hide());
      svg.addEventListener("keydown", (event) => this.move(event));
    }

    follow(event) {
      const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
      const inside = ({ frame: [left, top, width, height] }) =>
        x >= left - 20 && x <= left + width + 20 && y >= top - 20 && y <= top + height + 20;
      const panel = this.panels.find(inside);
      if (!panel) return this.hide();
      this.show(panel, valueAt(panel.x, (x - panel.frame[0]) / panel.frame[2]));
    }

    /** Left and right go along the curve, by a tenth of that with Shift; up and down to the next panel. */
    move(event) {
      const step = (event.shiftKey ? 1 : 10) * stepOf(this.panel.x);
      const at = this.x ?? this.panel.x.low;
      const next = (by) => this.panels.at((this.panels.indexOf(this.panel) + by) % this.panels.length);
      const moves = {
        ArrowRight: () => this.show(this.panel, this.x === null ? at : at + step),
        ArrowLeft: () => this.show(this.panel, at - step),
        Home: () => this.show(this.panel, this.panel.x.low),
        End: () => this.show(this.panel, this.panel.x.high),
        ArrowDown: () => this.show(next(1), at),
        ArrowUp: () => this.show(next(-1), at),
        Escape: () => this.hide(),
      };
      if (!(event.key in moves) || (event.key === "Escape" && this.x === null)) return;
      event.preventDefault();
      moves[event.key]();
    }

    show(panel, wanted) {
      const step = stepOf(panel.x);
      const whole = Number((Math.round(wanted / step) * step).toPrecision(12));
      const x = Math.min(Math.max(whole, panel.x.low), panel.x.high);
      [this.panel, this.x] = [panel, x];
      const values = panel.curves.map((curve) => interpolate(this.grids[curve.grid], curve.y, x));
      this.tell(panel, x, values);
      const [left, top, width, height] = panel.frame;
      const across = left + share(panel.x, x) * width;
      const line = { x1: across, x2: across, y1: top, y2: top + height, stroke: "#4d4d4d", "stroke-width": 8 };
      const places = values.map((value) => (value === null ? NaN : share(panel.y, value)));
      const dots = panel.curves.map(({ colour }, i) =>
        drawn("circle", { cx: across, cy: top + (1 - places[i]) * height, r: 34, fill: colour, stroke: "#fff", "stroke-width": 10 }),
      );
      this.marks.replaceChildren(drawn("line", line), ...dots.filter((_, i) => places[i] >= 0 && places[i] <= 1));
      this.place(across, top, left + width);
    }

    tell(panel, x, values) {
      const row = (colour, name, value) => {
        const key = make("i");
        key.style.background = colour;
        return make("p", {}, key, make("span", { textContent: name }), make("b", { textContent: value }));
      };
      const title = panel.x.title || "at";
      const rows = panel.curves.map(({ name, colour }, i) => row(colour, name, written(values[i], panel.y)));
      this.told.replaceChildren(row("transparent", title, written(x, panel.x, stepOf(panel.x))), ...rows);
    }

    /** Beside the line, on the side that has room. */
    place(across, top, right) {
      const holder = this.told.offsetParent;
      const [svg, box] = [this.svg, holder].map((element) => element.getBoundingClientRect());
      const scale = svg.width / this.svg.viewBox.baseVal.width;
      const [x, room] = [svg.left - box.left + holder.scrollLeft + across * scale, this.told.offsetWidth];
      const fits = (across - right) * scale + 12 + room <= 0;
      this.told.style.left = `${Math.max(0, fits ? x + 12 : x - 12 - room)}px`;
      this.told.style.top = `${svg.top - box.top + holder.scrollTop + top * scale + 6}px`;
    }

    hide() {
      this.x = null;
      this.marks.replaceChildren();
      this.told.replaceChildren();
    }
  }

  const makeReadable = (svg) => svg.querySelector("metadata") && new Reader(svg);

  // Figures

  const frame = make("figure", { tabIndex: 0 });
  const close = button("Close", () => dialog.close());
  const dialog = make("dialog", {}, close, frame);
  dialog.addEventListener("close", () => frame.replaceChildren());
  document.body.append(dialog);

  const enlarge = (svg) => {
    const copy = svg.cloneNode(true);
    for (const element of [copy, ...copy.querySelectorAll("[id]")]) element.removeAttribute("id");
    const title = svg.querySelector("title")?.textContent ?? "Figure";
    dialog.setAttribute("aria-label", title);
    frame.setAttribute("aria-label", title);
    frame.replaceChildren(copy);
    makeReadable(copy);
    dialog.showModal();
  };

  /** Pixels of a saved picture for each of the page: 300 to the inch. */
  const FINER = 300 / 96;

  /** The figure as a document of its own, with the typeface of the page. */
  const alone = (svg) => {
    const copy = svg.cloneNode(true);
    for (const mark of copy.querySelectorAll("[aria-hidden]")) mark.remove();
    const faces = document.querySelector("style").textContent.match(/@font-face\s*\{[^}]*\}/g) ?? [];
    const style = drawn("style", {});
    style.textContent = faces.join("\n");
    copy.prepend(style);
    return new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
  };

  const asPicture = async (svg) => {
    const image = new Image();
    const address = URL.createObjectURL(alone(svg));
    image.src = address;
    await image.decode();
    URL.revokeObjectURL(address);
    const { width, height } = svg.viewBox.baseVal;
    // Ten drawing units to a pixel.
    const canvas = make("canvas", { width: Math.round((FINER * width) / 10), height: Math.round((FINER * height) / 10) });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  };

  const save = (name, content) => {
    const link = make("a", { href: URL.createObjectURL(content), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  for (const svg of document.querySelectorAll("main figure svg")) {
    const larger = button("Enlarge", () => enlarge(svg));
    const title = svg.querySelector("title")?.textContent;
    if (title) larger.setAttribute("aria-label", `Enlarge: ${title}`);
    const name = svg.closest("figure").id.replace("figure-", "");
    const toSvg = button("SVG", () => save(`${name}.svg`, alone(svg)));
    const toPng = button("PNG", async () => save(`${name}.png`, await asPicture(svg)));
    for (const [control, what] of [[toSvg, "SVG"], [toPng, "PNG"]]) control.setAttribute("aria-label", `Save as ${what}: ${title ?? name}`);
    const tools = make("div", { className: "tools" }, larger, toSvg, toPng);
    svg.after(tools);
    if (makeReadable(svg)) tools.append("Point at a curve for its values, or use the arrow keys.");
  }
}
