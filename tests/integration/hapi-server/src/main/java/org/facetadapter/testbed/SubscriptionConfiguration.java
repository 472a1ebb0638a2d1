package org.facetadapter.testbed;

import ca.uhn.fhir.jpa.model.config.SubscriptionSettings;
import ca.uhn.fhir.jpa.searchparam.submit.config.SearchParamSubmitterConfig;
import ca.uhn.fhir.jpa.subscription.channel.config.SubscriptionChannelConfig;
import ca.uhn.fhir.jpa.subscription.match.config.SubscriptionProcessorConfig;
import ca.uhn.fhir.jpa.subscription.match.config.WebsocketDispatcherConfig;
import ca.uhn.fhir.jpa.subscription.match.deliver.email.IEmailSender;
import ca.uhn.fhir.jpa.subscription.submit.config.SubscriptionSubmitterConfig;
import ca.uhn.fhir.jpa.topic.SubscriptionTopicConfig;
import org.hl7.fhir.dstu2.model.Subscription.SubscriptionChannelType;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Notifications: R4 criteria and topic Subscriptions, by rest-hook and by websocket. */
@Configuration
@Import({
  SearchParamSubmitterConfig.class,
  SubscriptionSubmitterConfig.class,
  SubscriptionProcessorConfig.class,
  SubscriptionChannelConfig.class,
  WebsocketDispatcherConfig.class,
  SubscriptionTopicConfig.class, // without it a topic Subscription becomes active and never fires
})
class SubscriptionConfiguration {

  @Bean
  SubscriptionSettings subscriptionSettings(@Value("${testbed.subscription.interval-ms}") long interval) {
    SubscriptionSettings settings = new SubscriptionSettings();
    settings.addSupportedSubscriptionType(SubscriptionChannelType.RESTHOOK);
    settings.addSupportedSubscriptionType(SubscriptionChannelType.WEBSOCKET);
    // Every change waits in a table that is polled this often. The default of 5 s is what makes tests slow.
    settings.setSubscriptionIntervalInMs(interval);
    // "Immediately" would race the commit of the Subscription itself: deleted ones went on delivering.
    settings.setSubscriptionChangeQueuedImmediately(false);
    return settings;
  }

  /** HAPI insists on one; no test sends mail. */
  @Bean
  IEmailSender emailSender() {
    return details -> {};
  }
}
