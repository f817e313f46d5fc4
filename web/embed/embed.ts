// /embed.js: the element <vestibule-room>, with which a site shows the room page in its own pages. It stands alone, and is small.

/** What the page in the frame may tell: the names of the events of the element. */
const events = ['ready', 'knocking', 'admitted', 'joined', 'denied', 'left', 'error'];

const watched = ['domain', 'room', 'token', 'name', 'lang', 'view', 'knock'];

/** For a meeting in the page, and for one that the page shows in a frame of its own. */
const allowed = 'camera; microphone; display-capture; autoplay; fullscreen; picture-in-picture; clipboard-write';

/** So long at most until the page in the frame says its first word. */
const patienceMs = 15_000;
/** So long at most until somebody has left. */
const leaveMs = 5_000;

/**
 * Where this script comes from, which is where the service is. A script of type module does not know its own element, and others have an
 * embed.js as well: a token goes there, so that where it may be either it is neither.
 */
const own = document.currentScript;
const modules = [...document.querySelectorAll<HTMLScriptElement>('script[type=module]')];
const scripts = own instanceof HTMLScriptElement ? [own] : modules.filter(({ src }) => /\/embed\.js(\?|$)/.test(src));
const origins = new Set(scripts.map(({ src }) => new URL(src).origin));
const [service = location.origin] = origins.size === 1 ? origins : [];

class VestibuleRoom extends HTMLElement {
  static readonly observedAttributes = watched;
  #frame: HTMLIFrameElement | null = null;
  #isDue = false;
  #silence: ReturnType<typeof setTimeout> | undefined;

  connectedCallback(): void {
    addEventListener('message', this.#hear);
    this.#show();
  }

  disconnectedCallback(): void {
    removeEventListener('message', this.#hear);
    clearTimeout(this.#silence);
    this.#frame?.remove();
    this.#frame = null;
  }

  attributeChangedCallback(_name: string, before: string | null, now: string | null): void {
    if (before !== now) this.#show();
  }

  /** Leaves the room, or takes the knock back. Settles once that is so, or after five seconds: before, the element must stay in the page. */
  leave(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    for (const name of ['left', 'denied', 'error']) this.addEventListener(name, () => resolve(), { once: true });
    setTimeout(resolve, this.#frame === null ? 0 : leaveMs);
    this.#frame?.contentWindow?.postMessage({ vestibule: 'leave' }, service);
    return promise;
  }

  /** Several attributes that change together are one change, and another frame: it would not notice another fragment. */
  #show(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      if (!this.isConnected) return;
      this.#frame?.remove();
      this.#frame = this.#read('room') === '' ? null : this.#makeFrame();
      if (this.#frame === null) return;
      (this.shadowRoot ?? this.#openRoot()).append(this.#frame);
      clearTimeout(this.#silence);
      this.#silence = setTimeout(() => this.#giveUp(), patienceMs);
    });
  }

  /** A page that the browser does not show, or that may not speak to this one, says nothing: somebody has to. */
  #giveUp(): void {
    const message = `${service} does not answer here. Is ${origin} among the frameOrigins of the domain?`;
    this.#tell('error', { code: 'NO_ANSWER', message });
  }

  #tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #openRoot(): ShadowRoot {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(':host{display:block;height:640px}iframe{border:0;display:block;width:100%;height:100%}');
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet];
    return root;
  }

  #makeFrame(): HTMLIFrameElement {
    const frame = document.createElement('iframe');
    const path = [this.#read('domain') || 'default', this.#read('room')].map(encodeURIComponent).join('/');
    // What is behind # goes to no server: the page takes the token out of it before anything else loads.
    // It is said too that there is none: whoever was here with one before is gone.
    const token = `t=${encodeURIComponent(this.#read('token'))}`;
    frame.src = `${service}/${path}${this.#write('?', ['name', 'lang', 'view'])}#frame=${encodeURIComponent(origin)}&${token}${this.#write('&', ['knock'])}`;
    frame.allow = allowed;
    frame.title = this.title || this.#read('room');
    frame.referrerPolicy = 'no-referrer';
    return frame;
  }

  #read(name: string): string {
    return this.getAttribute(name)?.trim() ?? '';
  }

  #write(start: string, names: readonly string[]): string {
    const given = names.filter((name) => (name === 'knock' ? this.hasAttribute(name) : this.#read(name) !== ''));
    const parts = given.map((name) => `${name}=${encodeURIComponent(this.#read(name))}`);
    return parts.length === 0 ? '' : start + parts.join('&');
  }

  /** From this frame, with the service's page in it, and from nobody else. */
  readonly #hear = ({ source, origin: from, data }: MessageEvent): void => {
    if (from !== service || source === null || source !== this.#frame?.contentWindow) return;
    if (!events.includes(data?.vestibule)) return;
    clearTimeout(this.#silence);
    this.#tell(data.vestibule, data.detail ?? null);
  };
}

if (!customElements.get('vestibule-room')) customElements.define('vestibule-room', VestibuleRoom);
