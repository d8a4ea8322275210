/** Whether all of a page was looked at: before that nobody may say that there is nothing on it. */

/** Before anything was looked at. */
export const NOT_PROBED = { done: 0, total: 0, examining: 0, unseen: 0 };

/** @param {Pick<TabState, "probing">} state */
export const isSettled = ({ probing }) => probing.done >= probing.total && probing.examining === 0;
