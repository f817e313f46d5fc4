import { Component, type ComponentType, type FunctionComponent } from 'preact';
import { hasSameFields } from '../store.ts';

/** The same, drawn again only where it is given something else: one of many, of whom one changes at a time. */
export function whenChanged<Props extends object>(Body: FunctionComponent<Props>): ComponentType<Props> {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      return !hasSameFields(next, this.props);
    }

    override render() {
      return <Body {...this.props} />;
    }
  };
}
