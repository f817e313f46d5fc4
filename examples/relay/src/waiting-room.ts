import { graphql } from 'react-relay';

/** A page of who waits. Relay's own store keeps the connection, and fetches the next page by its cursor. */
export const waitingRoomFragment = graphql`
  fragment waitingRoom_room on Room
  @refetchable(queryName: "waitingRoomPaginationQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 50 }, cursor: { type: "String" }) {
    name
    ownerPresent
    knockRequests(status: [PENDING], first: $count, after: $cursor) @connection(key: "waitingRoom_knockRequests") {
      __id
      edges {
        node {
          id
          status
          userName
          verified
          ...waitingRoomRow_knock
        }
      }
    }
  }
`;

export const waitingRoomRow = graphql`
  fragment waitingRoomRow_knock on KnockRequest {
    message
    requestedAt
    connection
  }
`;

export const waitingRoomQuery = graphql`
  query waitingRoomQuery($name: String!) {
    room(name: $name) {
      ...waitingRoom_room
    }
  }
`;

export const waitingRoomAdmitMutation = graphql`
  mutation waitingRoomAdmitMutation($input: KnockDecisionInput!, $connections: [ID!]!) {
    admitKnock(input: $input) {
      __typename
      ... on KnockRequest {
        id @deleteEdge(connections: $connections)
        status
      }
      ... on Refusal {
        code
        refusal: message
      }
    }
  }
`;

export const waitingRoomSubscription = graphql`
  subscription waitingRoomSubscription {
    knockRequested {
      id
      status
      userName
      ...waitingRoomRow_knock
    }
  }
`;

/** Everything with an id can be read again by it. */
export const waitingRoomNodeQuery = graphql`
  query waitingRoomNodeQuery($id: ID!) {
    node(id: $id) {
      id
      ... on KnockRequest {
        status
        reply
      }
    }
  }
`;
