import { locale } from "../../shared/i18n/locale";

/** What the intents are called, in Chinese and English. The desk shows an unknown one by its own name. */
const names: Record<string, readonly [zh: string, en: string]> = {
  account_recharge_missing: ["充值未到账", "Top-up missing"],
  account_refund_mistaken: ["误充值退款", "Mistaken top-up"],
  account_refund_minor: ["未成年人退款", "Refund for a minor"],
  account_recharge_query: ["充值记录查询", "Payment records"],
  account_subscription_cancel: ["取消订阅", "Cancel subscription"],
  account_stolen: ["账号被盗", "Account hacked"],
  account_password: ["密码问题", "Password"],
  account_binding: ["绑定与换绑", "Binding"],
  account_real_name: ["实名与防沉迷", "Real name, playtime"],
  account_ban_appeal: ["封禁申诉", "Ban appeal"],
  account_delete: ["注销账号", "Delete account"],
  account_role_restore: ["角色找回", "Restore role"],
  technical_crash: ["闪退打不开", "Crash"],
  technical_lag: ["卡顿掉线", "Lag"],
  technical_login: ["登录不上", "Log-in fails"],
  technical_update: ["更新安装失败", "Update fails"],
  technical_payment_failure: ["无法支付", "Payment fails"],
  technical_bug: ["游戏异常", "Bug"],
  technical_device: ["设备与画质", "Device"],
  content_event: ["活动咨询", "Events"],
  content_gift_code: ["礼包兑换码", "Gift codes"],
  content_quest: ["任务攻略", "Quests"],
  content_gacha: ["抽卡概率", "Draw rates"],
  content_item_lost: ["物品奖励丢失", "Item missing"],
  content_server: ["开服合服维护", "Servers"],
  content_character: ["角色养成", "Characters"],
  content_suggestion: ["建议", "Suggestion"],
  complaint_cheater: ["举报外挂", "Cheater"],
  complaint_abuse: ["举报辱骂挂机", "Abuse"],
  complaint_scam: ["交易诈骗", "Scam"],
  complaint_service: ["投诉客服", "Service"],
  complaint_balance: ["平衡性投诉", "Balance"],
  complaint_operation: ["投诉运营", "Operation"],
  ticket_progress: ["处理进度", "Case progress"],
  request_human: ["转人工", "Wants a human"],
  greet: ["打招呼", "Greeting"],
  goodbye: ["告别", "Goodbye"],
  thanks: ["感谢", "Thanks"],
  affirm: ["肯定", "Yes"],
  deny: ["否定", "No"],
  bot_challenge: ["问是不是机器人", "Bot?"],
  out_of_scope: ["与游戏无关", "Out of scope"],
  nlu_fallback: ["没听懂", "Not understood"],
};

export const intentName = (intent: string): string =>
  names[intent]?.[locale.value === "en" ? 1 : 0] ?? intent;

/** What a ticket can be about: the requests of the four categories. */
export const INTENTS: readonly string[] = Object.keys(names).filter((name) =>
  /^(account|technical|content|complaint)_/.test(name),
);
