// Web Locks for Node, as far as the page uses them: a queue for each name, stealing, and
// requests that are given up.

export class FakeLocks {
	#held = new Map();
	#queues = new Map();

	request(name, options, work) {
		if (options.ifAvailable && this.#held.has(name)) return Promise.resolve(work(null));
		return new Promise((resolve, reject) => {
			const claim = { work, resolve, reject };
			options.signal?.addEventListener("abort", () => this.#giveUp(name, claim));
			if (options.steal) this.#held.get(name)?.reject(new DOMException("stolen", "AbortError"));
			if (options.steal || !this.#held.has(name)) this.#grant(name, claim);
			else this.#queueOf(name).push(claim);
		});
	}

	#queueOf(name) {
		if (!this.#queues.has(name)) this.#queues.set(name, []);
		return this.#queues.get(name);
	}

	#giveUp(name, claim) {
		const queue = this.#queueOf(name);
		if (!queue.includes(claim)) return;
		queue.splice(queue.indexOf(claim), 1);
		claim.reject(new DOMException("given up", "AbortError"));
	}

	async #grant(name, claim) {
		this.#held.set(name, claim);
		claim.resolve(await claim.work({ name }));
		if (this.#held.get(name) !== claim) return;
		this.#held.delete(name);
		const next = this.#queueOf(name).shift();
		if (next) this.#grant(name, next);
	}
}
