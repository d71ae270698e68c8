import { computed } from "@preact/signals";
import { locale, type Texts } from "../../shared/i18n/locale";

/** What leads read about wishes and about what the chat could not do. */
const zhCN = {
  view: "产品反馈",
  title: "产品反馈",
  period: "时间范围",
  days: (days: number) => `近 ${days} 天`,
  sum: (all: string, humans: string, tickets: string) =>
    `聊天里没能当场解决 ${all} 次：转人工 ${humans} 次，建工单 ${tickets} 张`,
  wishes: "玩家的建议",
  noWishes: "这段时间没有新的建议",
  unsolved: "没能当场解决的问题",
  nothing: "这段时间都当场解决了",
  topic: "问题",
  times: "次数",
  humans: "转人工",
  tickets: "工单",
  open: "未完成",
  late: "超时",
  examples: (count: number) => `玩家怎么说（${count}）`,
  noExamples: "没有留下原话",
  untold: "没说清是什么问题",
};

const en: Texts<typeof zhCN> = {
  view: "Feedback",
  title: "Product feedback",
  period: "Period",
  days: (days) => `${days} days`,
  sum: (all, humans, tickets) =>
    `Not solved in the chat: ${all}. To humans: ${humans}, tickets opened: ${tickets}`,
  wishes: "Players' suggestions",
  noWishes: "No new suggestions in this time",
  unsolved: "Not solved in the chat",
  nothing: "Everything was solved in the chat",
  topic: "Topic",
  times: "Times",
  humans: "To humans",
  tickets: "Tickets",
  open: "Open",
  late: "Late",
  examples: (count) => `In players' words (${count})`,
  noExamples: "No words were kept",
  untold: "Topic unclear",
};

const dictionaries: Record<typeof locale.value, Texts<typeof zhCN>> = { "zh-CN": zhCN, en };

/** The texts about product feedback in the current language. */
export const ft = computed(() => dictionaries[locale.value]);
