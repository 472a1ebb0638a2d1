package org.facetadapter.testbed;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.jpa.topic.ISubscriptionTopicLoader;
import ca.uhn.fhir.rest.api.RequestTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;

/**
 * Makes a topic live as soon as its write is answered. In R4 a topic is a Basic resource, and HAPI looks for new ones
 * once a minute only.
 */
public record TopicRefresh(ISubscriptionTopicLoader topics) {

  @Hook(Pointcut.SERVER_OUTGOING_RESPONSE)
  public void answered(RequestDetails request) {
    if ("Basic".equals(request.getResourceName()) && request.getRequestType() != RequestTypeEnum.GET) {
      topics.forceRefresh();
    }
  }
}
