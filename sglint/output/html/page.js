"use strict";
(() => {
  const PAGE = 50;
  const NAMES = { U: "untracked", T: "tracked", A: "tracked automatically", D: "denied", "?": "not decided" };
  const [MOST_SUBJECTS, OPENED] = [12, 3];
  const SAFE = " lets in nothing new. ";
  const GONE =
    "Proven by judging the changed text: the finding is gone, nothing else is found, and the flows of other interfaces stay as they are.";
  const MARKS = [["+++", "file"], ["---", "file"], ["@@", "at"], ["+", "add"], ["-", "cut"]];
  const LEVELS = ["error", "warning", "note"];
  const STATES = { certain: "certain", maybe: "may hold", ignored: "set aside", baseline: "in the baseline", unchanged: "was so before" };
  const at = (id) => document.getElementById(id);
  const data = JSON.parse(at("data").textContent);
  for (const one of data.findings) [one.state, one.roots] = [one.state ?? "certain", one.roots.map((root) => data.texts[root])];

  const text = (index) => data.texts[index];

  /** Makes an element; text is only ever set as text. */
  const make = (tag, attributes = {}, ...children) => {
    const found = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "class") found.className = value;
      else if (value === true) found.setAttribute(name, "");
      else if (value !== false) found.setAttribute(name, value);
    }
    found.append(...children);
    return found;
  };
  const tally = (list, say) => {
    const found = new Map();
    for (const one of list) for (const name of say(one)) found.set(name, (found.get(name) ?? 0) + 1);
    return found;
  };
  const ordered = (counts, names) => new Map([...counts].sort(([a], [b]) => names.indexOf(a) - names.indexOf(b)));
  const many = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

  /** Check boxes for the few, a list to choose from for the many. */
  const boxes = (title, name, counts, said, off = []) => {
    const set = make("fieldset", {}, make("legend", {}, title));
    for (const [value, number] of counts) {
      const box = make("input", { type: "checkbox", name, value, checked: !off.includes(value) });
      set.append(make("label", {}, box, ` ${said[value] ?? value} (${number})`));
    }
    return set;
  };
  const choice = (title, name, all, counts) => {
    const list = make("select", { name }, make("option", { value: "" }, all));
    for (const [value, number] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
      list.append(make("option", { value }, `${value} (${number})`));
    }
    return make("label", { class: "field" }, make("span", {}, title), list);
  };
  const search = (title) =>
    make("label", { class: "field" }, make("span", {}, title), make("input", { type: "search", name: "text", autocomplete: "off" }));
  const sorting = () => {
    const ways = [["", "what is gained"], ["severity", "severity"], ["place", "file"]];
    const list = make("select", { name: "sort" }, ...ways.map(([value, text]) => make("option", { value }, text)));
    return make("label", { class: "field" }, make("span", {}, "Sorted by"), list);
  };
  const reset = () => make("button", { type: "reset" }, "Show all");
  const checked = (form, name) => {
    const there = [...form.querySelectorAll(`input[name="${name}"]`)];
    return there.length ? new Set(there.filter((one) => one.checked).map((one) => one.value)) : null;
  };
  const chosen = (form, name) => form.elements[name]?.value ?? "";

  /** A list of which one page is shown at a time. */
  const pager = (place, draw) => {
    let start = 0;
    let list = [];
    const back = make("button", { type: "button" }, "Previous");
    const on = make("button", { type: "button" }, "Next");
    const where = make("span", {});
    place.append(back, " ", where, " ", on);
    const show = () => {
      const end = Math.min(start + PAGE, list.length);
      place.hidden = list.length <= PAGE;
      where.textContent = `${start + 1} to ${end} of ${list.length.toLocaleString("en")}`;
      back.disabled = start === 0;
      on.disabled = end === list.length;
      draw(list.slice(start, end));
    };
    const turn = (by) => {
      start += by;
      show();
      place.scrollIntoView({ block: "nearest" });
    };
    back.addEventListener("click", () => turn(-PAGE));
    on.addEventListener("click", () => turn(PAGE));
    return {
      set: (next) => {
        [list, start] = [next, 0];
        show();
      },
      go: (item) => {
        start = Math.max(0, Math.floor(list.indexOf(item) / PAGE) * PAGE);
        show();
      },
    };
  };

  const live = (form, several, change) => {
    let waiting = 0;
    const later = () => {
      clearTimeout(waiting);
      waiting = setTimeout(change, 60);
    };
    form.addEventListener("input", later);
    form.addEventListener("reset", () => setTimeout(change, 0));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.hidden = several < 2;
  };

  /** Makes the article of a finding, the same as the template does. */
  const badge = (kind, text = kind) => make("span", { class: `badge ${kind}` }, text);
  const list = (kind, lines) => make(kind, {}, ...lines.map((line) => make("li", {}, line)));
  const article = (index) => {
    const one = data.findings[index];
    const head = make("header", {}, badge(one.severity), " ", make("code", {}, one.rule), " ");
    if (one.state === "maybe") head.append(badge("maybe", "may hold"));
    else if (one.state !== "certain") head.append(badge("ignored", STATES[one.state] ?? one.state), ` ${one.reason ?? ""}`);
    head.append(make("h3", {}, one.message));
    const named = one.subjects.slice(0, MOST_SUBJECTS);
    if (one.subjects.length > MOST_SUBJECTS) named.push(`and ${one.subjects.length - MOST_SUBJECTS} more`);
    const where = make("p", { class: "where" }, make("code", {}, one.place), named.length > 1 ? ` · ${named.join(", ")}` : "");
    const facts = make("dl", { class: "facts" });
    const say = (title, ...inside) => facts.append(make("dt", {}, title), make("dd", {}, ...inside));
    const words = (ids) => ids.map((id) => make("p", {}, data.texts[id]));
    for (const [title, ids] of [["Change", one.change], ["Saves", one.saves], ["Exposes", one.exposes]]) if (ids) say(title, ...words(ids));
    if (one.unless) say("Not certain", ...one.unless.map(([id, place]) => make("p", {}, `${data.texts[id]} (`, make("code", {}, place), ")")));
    const found = make("article", { class: `finding ${one.severity}`, id: `finding-${index + 1}` }, head, where, facts);
    if (one.fix) found.append(...repair(one.fix, say));
    if (one.way) found.append(...route(one.way));
    const lines = make("details", { open: index < OPENED }, make("summary", {}, "The lines that it is about"));
    lines.append(...(one.excerpts ?? []).map(excerpt));
    found.append(lines);
    return found;
  };
  const kind = (line) => MARKS.find(([start]) => line.startsWith(start))?.[1];
  const repair = (one, say) => {
    if (one.blocked) {
      say("Fix", `none can be written: ${one.blocked}`);
      return [];
    }
    const parts = [make("p", {}, ...(one.safe ? [badge("safe"), SAFE + GONE] : [GONE]))];
    if (one.admits.length) parts.push(make("p", {}, "It newly admits"), list("ul", one.admits.map(text)));
    if (one.steps.length) parts.push(make("p", {}, "Deploying it"), list("ol", one.steps.map(text)));
    say("Fix", ...parts);
    if (!one.diff.length) return [];
    return [make("pre", { class: "diff", "aria-label": "Diff of the fix" }, ...one.diff.map(text).map((line) => make("span", kind(line) ? { class: kind(line) } : {}, line)))];
  };
  const route = ([stops, nodes, more]) => {
    const ways = make("ol", { class: "way", "aria-label": "Way", "data-path": nodes });
    for (const stop of stops) ways.append(make("li", {}, make("small", {}, data.stops[stop][0]), ` ${data.stops[stop][1]}`));
    return more ? [ways, make("p", { class: "dim" }, `and ${more} more like it`)] : [ways];
  };
  const excerpt = ([place, numbers]) => {
    const lines = make("ol");
    numbers.forEach((id, index) => {
      const [number, pieces, says] = data.lines[id];
      const gap = index && number > data.lines[numbers[index - 1]][0] + 1;
      const code = make("code", {}, ...pieces.map(([text, mark]) => (mark ? make("mark", mark === "main" ? { class: "main" } : {}, text) : text)));
      lines.append(make("li", { value: number, ...(gap ? { class: "gap" } : {}) }, code, ...says.map((each) => make("p", {}, data.texts[each]))));
    });
    return make("div", { class: "excerpt" }, make("p", { class: "file" }, place), lines);
  };

  /* the findings */
  const findings = () => {
    const form = at("finding-filters");
    if (!form) return null;
    const list = at("finding-list");
    const all = data.findings.map((_, index) => index);
    const nodes = [...list.children];
    const found = data.findings.map((one) => [one.message, one.rule, one.place, ...one.subjects].join("\n").toLowerCase());
    const node = (index) => {
      if (!nodes[index]) paths((nodes[index] = article(index)));
      return nodes[index];
    };
    const severities = ordered(tally(data.findings, (one) => [one.severity]), LEVELS);
    const states = ordered(tally(data.findings, (one) => [one.state]), Object.keys(STATES));
    const rules = tally(data.findings, (one) => [one.rule]);
    const roots = tally(data.findings, (one) => one.roots);
    if (severities.size > 1) form.append(boxes("Severity", "severity", severities, {}));
    if (states.size > 1) form.append(boxes("State", "state", states, STATES));
    if (rules.size > 1) form.append(choice("Rule", "rule", "all rules", rules));
    if (roots.size > 1) form.append(choice("Root", "root", "all roots", roots));
    form.append(search("Name or file"), sorting(), reset());
    const pages = pager(at("finding-pages"), (shown) => list.replaceChildren(...shown.map(node)));
    const level = (index) => LEVELS.indexOf(data.findings[index].severity);
    const filter = () => {
      const [levels, kinds] = [checked(form, "severity"), checked(form, "state")];
      const [rule, root, text] = [chosen(form, "rule"), chosen(form, "root"), chosen(form, "text").trim().toLowerCase()];
      const left = all.filter((index) => {
        const one = data.findings[index];
        return (
          (!levels || levels.has(one.severity)) && (!kinds || kinds.has(one.state)) && (!rule || one.rule === rule) &&
          (!root || one.roots.includes(root)) && (!text || found[index].includes(text))
        );
      });
      const sort = chosen(form, "sort");
      if (sort === "severity") left.sort((a, b) => level(a) - level(b) || a - b);
      if (sort === "place") left.sort((a, b) => (data.findings[a].place < data.findings[b].place ? -1 : 1));
      at("finding-count").textContent = `${left.length.toLocaleString("en")} of ${many(all.length, "finding")}`;
      pages.set(left);
    };
    live(form, all.length, filter);
    filter();
    /* a link to a finding that is filtered away, or on another page of the list, brings it back */
    return (index) => {
      if (node(index).isConnected) {
        node(index).scrollIntoView();
        return;
      }
      form.reset();
      setTimeout(() => {
        pages.go(index);
        node(index).scrollIntoView();
      }, 0);
    };
  };

  /* the interfaces */
  const interfaces = () => {
    const form = at("interface-filters");
    if (!form) return;
    const table = at("interface-table");
    const all = data.interfaces.map(([root, address, kind, role, file, line, scope, groups, shape, node, unknown], index) => {
      const [rows, flows] = data.shapes[shape];
      const states = new Set(rows.flatMap(([, , cells]) => [...cells.replace(/:\S+|[- ]/g, "")]));
      const [place, named] = [`${data.files[file]}:${line}`, groups.map(text)];
      const found = [address, text(kind), place, ...named].join("\n").toLowerCase();
      const known = { root: text(root), address, kind: text(kind), role, place, scope, groups: named, unknown: unknown.map(text) };
      return { index, ...known, rows, flows, node, states, text: found };
    });
    const weight = { yes: 0, maybe: 1, no: 2 };
    all.sort((a, b) => weight[a.scope] - weight[b.scope] || a.index - b.index);
    const roles = tally(all, (one) => [one.role]);
    const scopes = tally(all, (one) => [one.scope]);
    const roots = tally(all, (one) => [one.root]);
    const states = new Map(["U", "T", "A", "D", "?"].map((one) => [one, all.filter((each) => each.states.has(one)).length]));
    if (scopes.size > 1) form.append(
      boxes("Behind a transit gateway or GWLB", "scope", scopes, { yes: "yes", maybe: "perhaps", no: "no" }, ["no"]),
    );
    form.append(
      choice("Has flows that are", "state", "in any state", [...states].filter(([, number]) => number).map(([one, number]) => [`${one} ${NAMES[one]}`, number])),
      ...(roles.size > 1 ? [choice("Role", "role", "all roles", roles)] : []),
    );
    if (roots.size > 1) form.append(choice("Root", "root", "all roots", roots));
    form.append(search("Name, group or file"), reset());

    const cell = (said, index) => {
      const [letters, ports] = said.split(":");
      const found = make("td", { class: `c${index % 4 ? "" : " first-c"}${index % 4 > 1 ? " pale" : ""}` });
      if (letters === "-") found.append(make("span", { "aria-hidden": "true" }, "–"), make("span", { class: "vh" }, "none"));
      for (const one of letters === "-" ? "" : letters) {
        found.append(
          make("span", { class: `st st-${one === "?" ? "q" : one}`, "aria-hidden": "true", title: NAMES[one] }, one),
          make("span", { class: "vh" }, `${NAMES[one]} `),
        );
      }
      if (ports) found.append(make("small", {}, ports.replaceAll(",", ", ")));
      return found;
    };
    const target = (index) => data.targets[index].filter(Boolean).join(" ");
    const reasons = (one) => {
      const list = make("ul", { class: "flows" });
      const said = one.flows.map((index) => data.flows[index]);
      said.forEach(([what, ports, peer, via, letter, why, may, automatic], index) => {
        const way = text(what).startsWith("in") ? "from" : "to";
        const through = target(via) === "anywhere" ? "" : ` through ${target(via)}`;
        const item = make("li", {}, make("span", { class: `st st-${letter === "?" ? "q" : letter}`, "aria-hidden": "true" }, letter));
        item.append(` ${text(what)}, ${ports ? `port ${ports}` : "all ports"}, ${way} ${peer}${through}: `);
        item.append(make("strong", {}, may || NAMES[letter]), automatic?.length ? `: ${automatic.join(", ")}` : "");
        const next = said[index + 1];
        if (!next || next[5].join() !== why.join()) {
          for (const each of why) {
            const [said, file, line] = data.reasons[each];
            const place = file === undefined ? [] : [" (", make("code", {}, `${data.files[file]}:${line}`), ")"];
            item.append(make("span", { class: "why" }, text(said), ...place));
          }
        }
        list.append(item);
      });
      return list;
    };
    const details = (one, row) => {
      const box = make("div", { class: "reasons" });
      const groups = one.groups.join(", ") || "none that is known";
      box.append(make("p", {}, `${one.role}, ${one.kind}, `, make("code", {}, one.place), `; security groups: ${groups}`));
      for (const each of one.unknown) box.append(make("p", {}, `not known: ${each}`));
      const list = reasons(one);
      list.dataset.path = one.node;
      box.append(list);
      row.append(make("td", { colspan: "9" }, box));
      paths(row);
    };
    const open = new Set();
    const body = (one) => {
      const found = make("tbody");
      const rows = one.rows.length ? one.rows : [["", -1, "- - - - - - - -"]];
      const why = make("tr", { id: `why-${one.index}`, hidden: !open.has(one.index) });
      const button = make("button", { type: "button", class: "quiet", "aria-expanded": String(open.has(one.index)), "aria-controls": why.id });
      button.append("Why", make("span", { class: "vh" }, ` for ${one.address}`));
      const toggle = () => {
        if (!why.firstChild) details(one, why);
      };
      if (open.has(one.index)) toggle();
      button.addEventListener("click", () => {
        why.hidden = !why.hidden;
        button.setAttribute("aria-expanded", String(!why.hidden));
        open[why.hidden ? "delete" : "add"](one.index);
        toggle();
      });
      const about = [one.role, ...(one.scope === "yes" ? [] : [one.scope === "no" ? "not behind one" : "perhaps behind one"])];
      const name = make("th", { scope: "rowgroup", colspan: "9" }, make("code", {}, one.address));
      name.append(make("span", { class: "dim" }, ` ${about.join(", ")} `), button);
      found.append(make("tr", {}, name));
      for (const [family, via, cells] of rows) {
        const ipv6 = family === "ipv6" ? [make("span", { class: "dim" }, " IPv6")] : [];
        const row = make("tr", {}, make("td", { class: "through" }, via < 0 ? "nothing is known" : target(via), ...ipv6));
        row.append(...cells.split(" ").map(cell));
        found.append(row);
      }
      found.append(why);
      return found;
    };
    const pages = pager(at("interface-pages"), (shown) => {
      for (const old of [...table.tBodies]) old.remove();
      table.append(...shown.map(body));
    });
    const filter = () => {
      const scope = checked(form, "scope");
      const [state, role, root, word] = ["state", "role", "root", "text"].map((name) => chosen(form, name).trim());
      const left = all.filter(
        (one) =>
          (!scope || scope.has(one.scope)) && (!state || one.states.has(state[0])) && (!role || one.role === role) &&
          (!root || one.root === root) && (!word || one.text.includes(word.toLowerCase())),
      );
      at("interface-count").textContent = `${left.length.toLocaleString("en")} of ${many(all.length, "interface")}`;
      pages.set(left);
    };
    live(form, all.length, filter);
    at("interface-scroll").hidden = false;
    filter();
  };

  /* the pictures: a way is lit and the rest is dimmed; they are moved and made larger */
  const maps = [...document.querySelectorAll(".map")];
  const light = (names) => {
    const wanted = new Set(names);
    for (const map of maps) {
      map.classList.toggle("dimmed", wanted.size > 0);
      for (const one of map.querySelectorAll("[data-node]")) one.classList.toggle("lit", wanted.has(one.dataset.node));
      for (const one of map.querySelectorAll("[data-edge]")) {
        const [from, to] = one.dataset.edge.split(" ");
        one.classList.toggle("lit", wanted.has(from) && wanted.has(to));
      }
    }
  };
  const mapOf = (names) => maps.find((map) => names.some((name) => map.querySelector(`[data-node="${CSS.escape(name)}"]`)));
  const paths = (part) => {
    for (const one of part.querySelectorAll("[data-path]")) {
      const names = one.dataset.path.split(" ");
      const map = mapOf(names);
      if (!map) continue;
      const button = make("button", { type: "button" }, "Show in the picture");
      one.after(button);
      button.addEventListener("click", () => {
        light(names);
        map.closest("details")?.setAttribute("open", "");
        map.scrollIntoView({ block: "center" });
        map.focus({ preventScroll: true });
        map.querySelector("[data-node].lit")?.scrollIntoView({ block: "nearest", inline: "nearest" });
      });
    }
  };
  const neighbours = (map, name) => {
    const found = [name];
    for (const one of map.querySelectorAll("[data-edge]")) {
      const ends = one.dataset.edge.split(" ");
      if (ends.includes(name)) found.push(...ends);
    }
    return found;
  };
  const picture = (map) => {
    const drawing = map.querySelector("svg");
    const { x, y, width, height } = drawing.viewBox.baseVal;
    let view = [x, y, width, height];
    const look = (next) => {
      view = next;
      drawing.setAttribute("viewBox", view.map((one) => +one.toFixed(2)).join(" "));
    };
    const zoom = (by, [across, down] = [0.5, 0.5]) => {
      const [left, top, wide, high] = view;
      const scale = Math.min(Math.max(by, wide / (width * 1.5)), wide / (width / 40));
      look([left + wide * across * (1 - 1 / scale), top + high * down * (1 - 1 / scale), wide / scale, high / scale]);
    };
    const move = (across, down) => {
      const [left, top] = [map.scrollLeft, map.scrollTop];
      map.scrollBy(across * drawing.clientWidth, down * drawing.clientHeight);
      if (map.scrollLeft === left && map.scrollTop === top) look([view[0] + across * view[2], view[1] + down * view[3], view[2], view[3]]);
    };
    const whole = () => {
      look([x, y, width, height]);
      light([]);
    };
    const tools = make("div", { class: "tools" });
    for (const [text, act] of [["Larger", () => zoom(1.4)], ["Smaller", () => zoom(1 / 1.4)], ["Whole picture", whole]]) {
      const button = make("button", { type: "button" }, text);
      button.addEventListener("click", act);
      tools.append(button);
    }
    tools.append(make("span", { class: "dim" }, "drag it, or use the arrow keys, + and −; choose a node to see what it is joined to"));
    map.before(tools);
    const keys = {
      ArrowLeft: () => move(-0.1, 0), ArrowRight: () => move(0.1, 0), ArrowUp: () => move(0, -0.1), ArrowDown: () => move(0, 0.1),
      "+": () => zoom(1.4), "=": () => zoom(1.4), "-": () => zoom(1 / 1.4), "0": whole, Escape: () => light([]),
    };
    map.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    });
    const place = (event) => {
      const box = drawing.getBoundingClientRect();
      return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    };
    map.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, place(event));
    }, { passive: false });
    let from = null;
    let moved = false;
    drawing.addEventListener("pointerdown", (event) => {
      if (event.button === 0) [from, moved] = [place(event), false];
    });
    drawing.addEventListener("pointermove", (event) => {
      if (!from) return;
      const to = place(event);
      if (!moved && Math.hypot(to[0] - from[0], to[1] - from[1]) < 0.01) return;
      if (!moved) drawing.setPointerCapture(event.pointerId);
      moved = true;
      move(from[0] - to[0], from[1] - to[1]);
      from = place(event);
    });
    drawing.addEventListener("pointerup", (event) => {
      const node = event.target.closest("[data-node]");
      if (from && !moved) light(node ? neighbours(map, node.dataset.node) : []);
      from = null;
    });
    drawing.addEventListener("pointercancel", () => { from = null; });
    map.classList.add("live");
  };
  maps.filter((map) => map.querySelector("svg")).forEach(picture);

  const show = findings();
  interfaces();
  paths(document);
  const follow = () => {
    const number = /^#finding-(\d+)$/.exec(location.hash)?.[1];
    if (number && show && data.findings[number - 1]) show(number - 1);
  };
  addEventListener("hashchange", follow);
  follow();
  for (const link of document.querySelectorAll('a[href^="#finding-"]')) link.addEventListener("click", () => setTimeout(follow, 0));
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details")) one.open = true;
  });
})();
