// Must compile: what the other files here get wrong, done right. If this fails, their failures prove nothing.
#include "adapter/base/events.hpp"
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"

facet::Status Work();

facet::Status UseAll() {
  const facet::PatientRef patient("Patient/1");
  const facet::EpisodeId episode("e1");
  const facet::PatientKey key("digest");
  static_cast<void>(facet::events::episode_judged(episode, key, facet::Token("no-response"), facet::Token("settled")));
  static_cast<void>(
      facet::events::inbox_notification_accepted(facet::NotificationId(1), facet::Token("Observation"), 1));
  static_cast<void>(patient == facet::PatientRef("Patient/1"));
  ADAPTER_TRY_STATUS(Work());
  return Work();
}
