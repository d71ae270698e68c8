// Shows what the game server knows about its demo players, again every two seconds.
const STATUS = { paid: "已支付未到账", delivered: "已到账", refunded: "已退款" };
const CHANNEL = { wechat: "微信支付", alipay: "支付宝", apple: "App Store", google: "Google Play" };
const SHOWN = 5;

const place = document.getElementById("players");
const notice = document.getElementById("notice");
const seen = new Map(); // player id -> what was shown last, to mark and redraw only what changed

function element(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((child) => child !== null && child !== ""));
  return node;
}

const yuan = (fen) => `¥${(fen / 100).toFixed(fen % 100 ? 2 : 0)}`;
const clock = new Intl.DateTimeFormat("zh-CN", {
  month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  timeZone: "Asia/Shanghai", // the game's own time, wherever the visitor is
});
const time = (iso) => clock.format(new Date(iso));

function order(it) {
  const currency = it.granted ? ` · 得 ${it.granted} ${it.unit}，已用 ${it.consumed}` : "";
  return element("li", "",
    element("div", "row",
      element("span", "", element("b", "", yuan(it.amount_fen)), ` ${it.product}`),
      element("span", `chip ${it.status}`, STATUS[it.status] ?? it.status)),
    element("div", "detail", `${time(it.paid_at)} ${CHANNEL[it.channel] ?? it.channel}${currency}`),
    element("div", "detail", `订单号 ${it.order_no}${it.refunded_at ? ` · ${time(it.refunded_at)} 退款` : ""}`));
}

// What is amiss, and what has been put right: [text, whether it is well]
function situation(player) {
  const found = [];
  if (player.frozen_at) found.push([`${time(player.frozen_at)} 起冻结`, true]);
  if (player.ban_reason) {
    found.push([`封禁${player.ban_until ? `至 ${time(player.ban_until)}` : ""}：${player.ban_reason}`, false]);
  }
  const card = player.subscription;
  if (card) {
    const renewal = card.auto_renew ? "自动续费" : "已取消续费";
    found.push([`${card.product} 至 ${time(card.expires_at)}，${renewal}`, !card.auto_renew]);
  }
  if (!player.sessions.length) found.push(["全部设备已下线", true]);
  for (const it of player.sessions) if (it.unusual) found.push([`异常登录：${it.place} ${it.device}`, false]);
  for (const role of player.roles) {
    if (role.deleted_at) found.push([`${time(role.deleted_at)} 删除角色「${role.name}」`, false]);
    else if (!role.current) found.push([`角色「${role.name}」${role.level} 级`, true]);
  }
  for (const it of player.items) {
    found.push(it.restored_at
      ? [`「${it.name}」已找回`, true]
      : [`${time(it.deleted_at)} 失去「${it.name}」×${it.count}`, false]);
  }
  for (const mail of player.mail) {
    found.push(mail.sent_at
      ? [`邮件 ${time(mail.sent_at)}：${mail.title}${mail.claimed_at ? "（已领）" : ""}`, true]
      : [`邮件未发出：${mail.title}`, false]);
  }
  return found;
}

function facts(player) {
  const chips = situation(player).map(([text, well]) => element("span", `chip ${well ? "well" : "fact"}`, text));
  return chips.length ? element("div", "facts", ...chips) : null;
}

function orders(player) {
  const list = player.recharges.map(order);
  if (list.length <= SHOWN) return [element("ul", "", ...list)];
  const rest = element("details", "", element("summary", "", `其余 ${list.length - SHOWN} 笔订单`),
    element("ul", "", ...list.slice(SHOWN)));
  return [element("ul", "", ...list.slice(0, SHOWN)), rest];
}

function card(player) {
  const age = player.age === null ? "" : ` · 实名 ${player.age} 岁`;
  const wallet = element("dl", "wallet", ...Object.entries(player.wallet).map(([unit, count]) =>
    element("div", "", element("dt", "", unit), element("dd", "", count.toLocaleString("zh-CN")))));
  return element("article", "",
    element("h2", "", player.name, element("small", "", `${player.id} · VIP ${player.vip}`)),
    element("p", "where", `${player.server} · ${player.role} ${player.level} 级${age}`),
    element("p", "about", player.about),
    facts(player), wallet, ...orders(player));
}

function show(players) {
  for (const player of players) {
    const text = JSON.stringify(player);
    const before = seen.get(player.id);
    if (before?.text === text) continue;
    const node = card(player);
    if (before) {
      node.classList.add("changed");
      setTimeout(() => node.classList.remove("changed"), 6000);
      before.node.replaceWith(node);
    } else {
      place.append(node);
    }
    seen.set(player.id, { text, node });
  }
}

async function refresh() {
  if (document.hidden) return;
  try {
    const response = await fetch("/demo/overview");
    if (!response.ok) throw new Error(String(response.status));
    show((await response.json()).players);
    notice.textContent = "";
  } catch {
    notice.textContent = "演示游戏服务器没有回应，正在重试……";
  }
}

document.getElementById("reset").addEventListener("click", async () => {
  if (!confirm("把所有演示玩家恢复到最初的样子？")) return;
  const response = await fetch("/demo/reset", { method: "POST" }).catch(() => null);
  await refresh();
  notice.textContent = response?.ok ? "已恢复。" : "没能恢复，请再试一次。";
});
document.addEventListener("visibilitychange", refresh);
setInterval(refresh, 2000);
refresh();
