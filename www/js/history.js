// The messages of a room that are in memory, in the order of their ids, and the stretch of them
// that is in the page. What is far away is not.

const STEP = 50;
export const MOST_ROWS = 250;

export class History {
	/** @type {Message[]} oldest first */
	messages = [];
	/** @type {string | null} the first id in the page */
	#first = null;
	/** @type {string | null} the last; null: open for whatever comes */
	#last = null;

	get reachesEnd() {
		return this.#last === null;
	}

	/** @returns {Message[]} those that are new here; they come in any order, and more than once */
	add(messages) {
		return messages.filter((message) => {
			const at = this.place(message.id);
			return this.messages[at]?.id !== message.id && this.messages.splice(at, 0, message);
		});
	}

	/** A page left open for a month must not hold the month. */
	keepNewest(most) {
		return this.messages.splice(0, Math.max(0, this.messages.length - most)).length > 0;
	}

	/** How many messages come before this id. */
	place(id) {
		let [low, high] = [0, this.messages.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if (this.messages[middle].id < id) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	get range() {
		const end = this.#last === null ? this.messages.length : this.place(this.#last) + 1;
		return { start: this.#first === null ? 0 : this.place(this.#first), end };
	}

	/** New messages push out the oldest for a reader who follows, and stay out for any other. */
	fit(isFollowing) {
		const { start, end } = this.range;
		if (isFollowing) this.#show(end - MOST_ROWS, end, start);
		else this.#show(start, start + MOST_ROWS);
	}

	/** @returns {boolean} whether there was more above */
	up() {
		const { start, end } = this.range;
		const from = Math.max(0, start - STEP);
		this.#show(from, Math.min(end, from + MOST_ROWS));
		return start > 0;
	}

	down() {
		const { start, end } = this.range;
		this.#show(end + STEP - MOST_ROWS, end + STEP, start);
	}

	toEnd() {
		const { length } = this.messages;
		this.#show(length - MOST_ROWS, length, this.range.start);
	}

	#show(start, end, least = 0) {
		this.#first = this.messages[Math.max(start, least)]?.id ?? null;
		this.#last = end < this.messages.length ? this.messages[end - 1].id : null;
	}
}
