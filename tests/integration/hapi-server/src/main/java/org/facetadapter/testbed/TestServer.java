package org.facetadapter.testbed;

import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.provider.JpaSystemProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.jpa.topic.ISubscriptionTopicLoader;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.server.ETagSupportEnum;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import java.util.Arrays;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.DispatcherServletAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.ServletWebServerFactoryAutoConfiguration;
import org.springframework.boot.autoconfigure.websocket.servlet.WebSocketServletAutoConfiguration;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * A FHIR R4 server for tests: REST at /fhir, websocket at /websocket, faults at /fault.
 *
 * <p>It is HAPI's JPA server with nothing of ours in the way of a request except {@link FaultValve} and {@link
 * TokenFilter}, so what the adapter meets here is what it meets at a site that runs HAPI.
 */
@SpringBootConfiguration
// Named one by one: @EnableAutoConfiguration would look through the whole class path of HAPI at every start.
@ImportAutoConfiguration({
  PropertyPlaceholderAutoConfiguration.class,
  SslAutoConfiguration.class,
  ServletWebServerFactoryAutoConfiguration.class,
  DispatcherServletAutoConfiguration.class, // the websocket handler mapping hangs on it
  WebSocketServletAutoConfiguration.class,
})
@Import({JpaConfiguration.class, SubscriptionConfiguration.class, PortFile.class})
public class TestServer {

  public static void main(String[] args) {
    if (args.length > 0 && args[0].equals("validate")) {
      System.exit(Validate.run(Arrays.asList(args).subList(1, args.length)));
    }
    SpringApplication.run(TestServer.class, args);
  }

  @Bean
  RestfulServer restfulServer(
      IFhirSystemDao<?, ?> systemDao,
      JpaSystemProvider<?, ?> systemProvider,
      ResourceProviderFactory resourceProviders,
      DatabaseBackedPagingProvider paging,
      JpaStorageSettings storage,
      ISearchParamRegistry searchParams,
      IValidationSupport validation,
      ISubscriptionTopicLoader topics) {
    RestfulServer server = new RestfulServer(systemDao.getContext());
    server.registerProviders(resourceProviders.createProviders());
    server.registerProvider(systemProvider);
    server.setPagingProvider(paging);
    server.setDefaultResponseEncoding(EncodingEnum.JSON);
    server.setETagSupport(ETagSupportEnum.ENABLED);
    server.registerInterceptor(new TopicRefresh(topics));

    JpaCapabilityStatementProvider capabilities =
        new JpaCapabilityStatementProvider(server, systemDao, storage, searchParams, validation);
    capabilities.setImplementationDescription("facet-adapter test bed");
    server.setServerConformanceProvider(capabilities);
    return server;
  }

  @Bean
  ServletRegistrationBean<RestfulServer> fhirServlet(RestfulServer server) {
    ServletRegistrationBean<RestfulServer> bean = new ServletRegistrationBean<>(server, "/fhir/*");
    bean.setLoadOnStartup(1); // else the first request of a test pays for it
    return bean;
  }

  @Bean
  FilterRegistrationBean<TokenFilter> tokenFilter(@Value("${testbed.auth.token}") String token) {
    FilterRegistrationBean<TokenFilter> bean = new FilterRegistrationBean<>(new TokenFilter(token));
    bean.addUrlPatterns("/fhir/*");
    bean.setEnabled(!token.isEmpty());
    return bean;
  }

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> tomcat() {
    return factory -> {
      factory.addEngineValves(new FaultValve());
      // Tomcat refuses a bare | in a query; servers in the field take it in token searches
      factory.addConnectorCustomizers(connector -> connector.setProperty("relaxedQueryChars", "|"));
    };
  }
}
