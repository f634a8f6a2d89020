#include "feed/own_news.hpp"

namespace chat {

std::vector<OwnNews> own_news_of(const std::vector<NewMessage>& batch,
                                 const std::vector<WriteResult>& results) {
  std::vector<OwnNews> all;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const WriteResult& result = results[i];
    if (result.outcome != WriteResult::Outcome::done) continue;
    if (all.empty() || all.back().follows != result.follows) all.push_back({result.follows, {}});
    const NewMessage& sent = batch[i];
    all.back().messages.push_back(std::make_shared<Message>(
        Message{result.id, sent.room, sent.author, sent.body, {}, false, !sent.user.empty()}));
  }
  return all;
}

std::vector<OwnNews> own_news_of(const std::vector<MessageChange>& /*batch*/,
                                 const std::vector<WriteResult>& /*results*/) {
  return {};
}

}  // namespace chat
