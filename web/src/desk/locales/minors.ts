import { computed } from "@preact/signals";
import { locale, type Texts } from "../../shared/i18n/locale";

/** What the desk says about a guardian's request (docs/minors.md). */
const zhCN = {
  facts: {
    account: "账号",
    relation: "申请人与孩子的关系",
    noticed: "发现时间",
    child_age: "孩子年龄",
    real_name: "实名登记",
    orders: "涉及订单",
    papers: "材料",
    papers_missing: "还差的材料",
    calculation: "按规则计算（供审核参考）",
    chosen_over_fen: "所选订单中超出限额的金额",
  } as Partial<Record<string, string>>,
  papers: {
    relation: "关系证明",
    guardian: "监护人身份证",
    payment: "付款凭证",
    child: "孩子的证件或照片",
  } as Partial<Record<string, string>>,
};

const en: Texts<typeof zhCN> = {
  facts: {
    account: "Account",
    relation: "Relation to the child",
    noticed: "Noticed",
    child_age: "Age of the child",
    real_name: "Registration",
    orders: "Orders",
    papers: "Papers",
    papers_missing: "Papers still missing",
    calculation: "By the rules (for the reviewer)",
    chosen_over_fen: "Of the chosen orders, over the limits",
  },
  papers: {
    relation: "Proof of relation",
    guardian: "Guardian's identity card",
    payment: "Receipt",
    child: "Card or photo of the child",
  },
};

const dictionaries = { "zh-CN": zhCN, en };

/** The texts in the current language. */
export const mt = computed<Texts<typeof zhCN>>(() => dictionaries[locale.value]);
