#pragma once
// World: where the engine's effects go, after they were committed. Implemented by app (worker threads) and by the
// simulation.
//
// Thread: called on the engine thread only; must not block. Errors: none; a request that cannot be run is answered with
//         an Answer that says so.
#include "adapter/base/events.hpp"
#include "adapter/intake/exchange.hpp"

namespace facet::engine {

class World {
 public:
  virtual ~World() = default;
  // Runs the request some time; its Answer comes back through Engine::Deliver on the engine thread, exactly once.
  virtual void Send(intake::Request request) = 0;
  virtual void Log(Event event) = 0;
  // Whether the store takes writes; told when it changes, before anybody who asked for the write hears of it.
  virtual void StoreWritable(bool writable) = 0;
};

}  // namespace facet::engine
